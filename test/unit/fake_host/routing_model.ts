import { equalIp, parseIp, type IpAddress } from '../../../lib/model/address/ip_address';
import type { NetAddress, NetLink, NetRoute } from '../../../lib/model/network/host_network';
import { PROTOCOL, type InterfaceRule, type Routing } from '../../../lib/model/routes/routing';
import { Refused } from './refused';

/** Interfaces by name, such as a Map. */
export interface ModelLinks {
  get(name: string): NetLink | undefined;
  set(name: string, link: NetLink): unknown;
}

export type ModelRouting = Pick<Routing, 'routes' | 'proxies' | 'neighbours' | 'rules'>;

type Words = Readonly<Record<string, string>>;

const NO_ROUTING: ModelRouting = { routes: [], proxies: [], neighbours: [], rules: [] };

/** Numbers of types of routes. Source: rtnetlink(7), rtm_type. */
export const UNICAST = '1';
const UNREACHABLE = '7';

/** The rules of the kernel that guest_routes depends on, as far as it sets something. What it never runs is an error. */
export class RoutingModel {
  /** As it is now, with numbers for names. */
  state: ModelRouting;

  constructor(
    private readonly links: ModelLinks,
    start: ModelRouting = NO_ROUTING,
  ) {
    this.state = start;
  }

  /** Arguments of `ip`. Throws Refused if the kernel would not do it. */
  run(args: readonly string[]): void {
    const option = args[0]?.startsWith('-') === true ? args[0] : null;
    const [object = '', verb = '', ...rest] = option === null ? args : args.slice(1);
    if (option === null || object === 'rule')
      switch (`${object} ${verb}`) {
        case 'neigh replace':
          return rest[0] === 'proxy' ? this.replaceProxy(rest.slice(1)) : this.replaceNeighbour(rest);
        case 'neigh del':
          if (rest[0] === 'proxy') return this.removeProxy(rest.slice(1));
          break;
        case 'route add':
        case 'route replace':
          return this.setRoute(routeOf(rest), verb === 'replace');
        case 'route del':
          return this.removeRoute(routeOf(rest));
        case 'rule add':
          return this.change({ rules: [...this.state.rules, this.ruleOf(option, rest)] });
        case 'rule del':
          return this.removeRule(this.ruleOf(option, rest));
        case 'addr replace':
          return this.replaceAddress(rest);
        case 'link set':
          return this.enterVrf(rest);
      }
    throw new Error(`unknown command: ip ${args.join(' ')}`);
  }

  private replaceProxy([text, ...rest]: readonly string[]): void {
    const { dev, protocol } = wordsOf(rest, ['dev', 'protocol'], []);
    const entry = { address: ipOf(text), dev: given(dev, 'dev'), isOurs: protocol === PROTOCOL };
    this.change({ proxies: [...this.proxiesBut(entry.address, entry.dev), entry] });
  }

  private removeProxy([text, ...rest]: readonly string[]): void {
    const { dev } = wordsOf(rest, ['dev'], []);
    const proxies = this.proxiesBut(ipOf(text), given(dev, 'dev'));
    if (proxies.length === this.state.proxies.length) throw new Refused(answers('No such file or directory'));
    this.change({ proxies });
  }

  private proxiesBut(address: IpAddress, dev: string): ModelRouting['proxies'] {
    return this.state.proxies.filter((one) => one.dev !== dev || !equalIp(one.address, address));
  }

  private replaceNeighbour([text, ...rest]: readonly string[]): void {
    const words = wordsOf(rest, ['lladdr', 'dev', 'nud'], []);
    if (words.nud !== 'permanent') throw new Error(`a neighbour that is not permanent: ${rest.join(' ')}`);
    const [address, dev, mac] = [ipOf(text), given(words.dev, 'dev'), given(words.lladdr, 'lladdr')];
    const others = this.state.neighbours.filter((one) => one.dev !== dev || !equalIp(one.address, address));
    this.change({ neighbours: [...others, { address, dev, mac }] });
  }

  /** What replaces a route may have another interface. */
  private setRoute(route: NetRoute, mayReplace: boolean): void {
    const others = this.state.routes.filter((one) => !isInPlaceOf(one, route));
    if (!mayReplace && others.length < this.state.routes.length) throw new Refused(answers('File exists'));
    this.change({ routes: [...others, route] });
  }

  private removeRoute(route: NetRoute): void {
    const routes = this.state.routes.filter(
      (one) =>
        !isInPlaceOf(one, route) ||
        one.dev !== route.dev ||
        one.protocol !== route.protocol ||
        one.type !== route.type,
    );
    if (routes.length === this.state.routes.length) throw new Refused(answers('No such process'));
    this.change({ routes });
  }

  private ruleOf(option: string | null, args: readonly string[]): InterfaceRule {
    const words = wordsOf(args, ['iif', 'lookup', 'priority', 'protocol'], []);
    const dev = given(words.iif, 'iif');
    return {
      family: familyOfOption(option),
      priority: Number(words.priority ?? 32765),
      dev,
      isDetached: this.links.get(dev) === undefined,
      table: Number(given(words.lookup, 'lookup')),
      isOurs: words.protocol === PROTOCOL,
    };
  }

  private removeRule(rule: InterfaceRule): void {
    const names = ['family', 'dev', 'table', 'priority', 'isOurs'] as const;
    const index = this.state.rules.findIndex((one) => names.every((name) => one[name] === rule[name]));
    if (index < 0) throw new Refused(answers('No such file or directory'));
    this.change({ rules: this.state.rules.filter((_, place) => place !== index) });
  }

  private replaceAddress([text = '', ...rest]: readonly string[]): void {
    const { dev } = wordsOf(rest, ['dev'], ['nodad']);
    const { family } = ipOf(text.split('/')[0]);
    const link = this.link(given(dev, 'dev'));
    const one: NetAddress = {
      ...{ address: text, family, scope: 'global' },
      ...{ isDynamic: false, isTemporary: false, isUnusable: false },
    };
    const others = link.addresses.filter(({ address }) => address !== text);
    this.links.set(link.name, { ...link, addresses: [...others, one] });
  }

  /** The kernel flushes IPv6 addresses of an interface that enters a VRF. */
  private enterVrf(args: readonly string[]): void {
    const { dev, master } = wordsOf(args, ['dev', 'master'], []);
    const link = this.link(given(dev, 'dev'));
    const vrf = this.link(given(master, 'master'));
    if (vrf.kind !== 'vrf') throw new Error(`${vrf.name} is no VRF`);
    const addresses = link.addresses.filter(({ family }) => family === 4);
    this.links.set(link.name, { ...link, master: vrf.name, portKind: 'vrf', addresses });
  }

  private link(name: string): NetLink {
    const link = this.links.get(name);
    if (link === undefined) throw new Refused(`Cannot find device "${name}"`);
    return link;
  }

  private change(more: Partial<ModelRouting>): void {
    this.state = { ...this.state, ...more };
  }
}

/** Routes to one destination differ by table and metric. */
function isInPlaceOf(one: NetRoute, { to, table, metric }: NetRoute): boolean {
  return one.to === to && one.table === table && one.metric === metric;
}

/** `unreachable 203.0.113.0/24 metric 5 proto 107` */
function routeOf(args: readonly string[]): NetRoute {
  const isNowhere = args[0] === 'unreachable';
  const [to = '', ...rest] = isNowhere ? args.slice(1) : args;
  const words = wordsOf(rest, ['via', 'dev', 'table', 'metric', 'proto'], ['onlink']);
  const { family } = ipOf(to.split('/')[0]);
  return {
    family,
    to: to.replace(family === 6 ? /\/128$/ : /\/32$/, ''),
    via: words.via ?? null,
    dev: isNowhere ? (words.dev ?? null) : given(words.dev, 'dev'),
    table: words.table ?? 'main',
    metric: words.metric === undefined ? null : Number(words.metric),
    protocol: given(words.proto, 'proto'),
    scope: null,
    source: null,
    type: isNowhere ? UNREACHABLE : UNICAST,
    mtu: null,
    onlink: words.onlink !== undefined,
  };
}

/** `dev vnet0 onlink` as values by name. Throws if there are other words than these. */
function wordsOf(args: readonly string[], names: readonly string[], flags: readonly string[]): Words {
  const words: Record<string, string> = {};
  const left = [...args];
  for (let name = left.shift(); name !== undefined; name = left.shift()) {
    const value = names.includes(name) ? left.shift() : flags.includes(name) ? name : undefined;
    if (value === undefined || words[name] !== undefined)
      throw new Error(`unknown: ${name} in ${args.join(' ')}`);
    words[name] = value;
  }
  return words;
}

function given(value: string | undefined, name: string): string {
  if (value === undefined) throw new Error(`there is no ${name}`);
  return value;
}

function ipOf(text = ''): IpAddress {
  const address = parseIp(text);
  if (address === null) throw new Error(`${text} is no address`);
  return address;
}

function familyOfOption(option: string | null): 4 | 6 {
  if (option !== null && option !== '-4' && option !== '-6') throw new Error(`unknown: ip ${option}`);
  return option === '-6' ? 6 : 4;
}

function answers(why: string): string {
  return `RTNETLINK answers: ${why}`;
}
