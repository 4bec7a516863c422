import { parseIp } from '../../../lib/model/address/ip_address';
import { Refused } from './refused';

type Words = Readonly<Record<string, string>>;

/** Routes, rules, proxy entries and neighbours, as far as guest_routes sets them, and the addresses that it adds. */
export class RoutingModel {
  readonly routes: Words[] = [];
  readonly neighbours: Words[] = [];
  readonly rules: Words[] = [];
  readonly addresses: { dev: string; local: string; prefixlen: number }[] = [];

  /** What `ip -N -j -4 -batch -` prints for ROUTING_SHOW, or -6. */
  show(family: 4 | 6): string {
    const isHere = ({ about = '' }: Words): boolean => familyOf(about) === family;
    const neighbours = this.neighbours.filter(isHere);
    const shown = [
      this.routes.filter(isHere).map(routeJson),
      neighbours.filter(({ proxy }) => proxy !== undefined).map(proxyJson),
      neighbours
        .filter(({ proxy }) => proxy === undefined)
        .map(({ about, dev, lladdr }) => ({ dst: about, dev, lladdr, state: ['PERMANENT'] })),
      this.rules.filter(isHere).map(ruleJson),
    ];
    return shown.map((list) => `${JSON.stringify(list)}\n`).join('');
  }

  /** `ip route|neigh|addr …`, `ip -4|-6 rule …` */
  run(args: readonly string[]): void {
    const hasFamily = args[0]?.startsWith('-') === true;
    const [object = '', verb = '', ...rest] = hasFamily ? args.slice(1) : args;
    if (object === 'addr') {
      const [local = '', length] = (rest[0] ?? '').split('/');
      this.addresses.push({ dev: rest[2] ?? '', local, prefixlen: Number(length) });
      return;
    }
    const all = args[0] === '-6' ? '::' : '0.0.0.0';
    const words = wordsOf(object === 'rule' ? [all, ...rest] : rest);
    const list = object === 'route' ? this.routes : object === 'rule' ? this.rules : this.neighbours;
    const place = list.findIndex((one) => isSame(one, words));
    if (verb === 'del' && place < 0) throw new Refused('RTNETLINK answers: No such process');
    if (place >= 0) list.splice(place, 1);
    if (verb !== 'del') list.push(words);
  }
}

/** `unreachable 10.0.0.0/8 metric 5` as its words by name; what it is about is `about`. */
function wordsOf(rest: readonly string[]): Words {
  const words: Record<string, string> = {};
  const left = [...rest];
  if (left[0] === 'unreachable' || left[0] === 'proxy') words[left.shift() ?? ''] = 'yes';
  words.about = (left.shift() ?? '').replace(/(?<=\.\d+)\/32$|\/128$/, '');
  while (left.length > 0) {
    const name = left.shift() ?? '';
    words[name] = name === 'onlink' ? 'yes' : (left.shift() ?? '');
  }
  return words;
}

/** The kernel finds what to replace or to delete by what identifies it. */
function isSame(one: Words, other: Words): boolean {
  return ['about', 'proxy', 'dev', 'iif', 'table', 'lookup', 'metric'].every(
    (name) => one[name] === other[name],
  );
}

function familyOf(text: string): 4 | 6 {
  return parseIp(text.split('/')[0] ?? '')?.family ?? 4;
}

function routeJson({
  about: dst,
  via: gateway,
  dev,
  table,
  metric,
  proto,
  onlink,
  unreachable,
}: Words): object {
  return {
    ...(unreachable === undefined ? {} : { type: '7' }),
    dst,
    gateway,
    dev,
    protocol: proto,
    ...(table === 'main' ? {} : { table }),
    metric: Number(metric),
    flags: onlink === undefined ? [] : ['onlink'],
  };
}

function proxyJson({ about: dst, dev, protocol }: Words): object {
  return { dst, dev, protocol };
}

function ruleJson({ iif, lookup: table, protocol, priority }: Words): object {
  return { priority: Number(priority ?? 32765), src: 'all', iif, table, protocol };
}
