import { equalIp, parseIp } from '../../../../lib/model/address/ip_address';
import type { NetLink, NetRoute } from '../../../../lib/model/network/host_network';
import {
  PROTOCOL,
  type InterfaceRule,
  type ProxyEntry,
  type Routing,
} from '../../../../lib/model/routes/routing';
import type { RouteStep } from '../../../../lib/plan/routes/route_step';
import { runRuleset } from './run_ruleset';

/** The rules of the kernel that the planner of routed interfaces depends on. */
export class RoutingModel {
  constructor(public routing: Routing) {}

  /** @returns why the kernel refuses a step; null: it is done */
  apply({ action }: RouteStep): string | null {
    if (action.tool === 'sysctl') {
      this.routing = {
        ...this.routing,
        settings: new Map([...this.routing.settings, [action.file, action.value]]),
      };
      return null;
    }
    if (action.tool === 'nft') {
      this.routing = { ...this.routing, ...runRuleset(this.routing, action.ruleset) };
      return null;
    }
    const option = action.args[0]?.startsWith('-') === true ? action.args[0] : null;
    const [object = '', verb = '', ...args] = option === null ? action.args : action.args.slice(1);
    switch (object) {
      case 'neigh':
        return args[0] === 'proxy' ? this.proxy(verb, args.slice(1)) : this.neighbour(args);
      case 'route':
        return this.route(verb, args);
      case 'rule':
        return this.rule(option === '-6' ? 6 : 4, verb, args);
      case 'addr':
        return this.address(args);
      case 'link':
        return this.master(args);
      default:
        throw new Error(`unknown command: ip ${action.args.join(' ')}`);
    }
  }

  private proxy(verb: string, args: readonly string[]): string | null {
    const [entry, dev] = [ipOf(args[0]), after(args, 'dev')];
    const same = ({ address, dev: on }: ProxyEntry): boolean => on === dev && equalIp(address, entry);
    const { proxies } = this.routing;
    if (verb === 'del' && !proxies.some(same)) return 'No such file or directory';
    const rest = proxies.filter((one) => !same(one));
    const isOurs = args.includes('protocol') && after(args, 'protocol') === PROTOCOL;
    this.routing = {
      ...this.routing,
      proxies: verb === 'del' ? rest : [...rest, { address: entry, dev, isOurs }],
    };
    return null;
  }

  private neighbour(args: readonly string[]): null {
    const [address, dev, mac] = [ipOf(args[0]), after(args, 'dev'), after(args, 'lladdr')];
    const others = this.routing.neighbours.filter((one) => one.dev !== dev || !equalIp(one.address, address));
    this.routing = { ...this.routing, neighbours: [...others, { address, dev, mac }] };
    return null;
  }

  private route(verb: string, args: readonly string[]): string | null {
    const isNowhere = args[0] === 'unreachable';
    const [to = '', ...rest] = isNowhere ? args.slice(1) : args;
    const family = to.includes(':') ? 6 : 4;
    const dev = rest.includes('dev') ? after(rest, 'dev') : null;
    const route: NetRoute = {
      family,
      to: to.replace(family === 6 ? /\/128$/ : /\/32$/, ''),
      via: rest.includes('via') ? after(rest, 'via') : null,
      dev,
      table: rest.includes('table') ? after(rest, 'table') : 'main',
      metric: rest.includes('metric') ? Number(after(rest, 'metric')) : null,
      protocol: after(rest, 'proto'),
      scope: null,
      source: null,
      type: isNowhere ? '7' : '1',
      mtu: null,
      onlink: rest.includes('onlink'),
    };
    const same = (one: NetRoute): boolean =>
      one.to === route.to && one.table === route.table && one.metric === route.metric;
    const isTheOne = (one: NetRoute): boolean =>
      same(one) && one.dev === dev && one.protocol === route.protocol && one.type === route.type;
    const { routes } = this.routing;
    if (verb === 'del' && !routes.some(isTheOne)) return 'No such process';
    if (verb === 'add' && routes.some(same)) return 'File exists';
    const others =
      verb === 'del' ? routes.filter((one) => !isTheOne(one)) : routes.filter((one) => !same(one));
    this.routing = { ...this.routing, routes: verb === 'del' ? others : [...others, route] };
    return null;
  }

  private rule(family: 4 | 6, verb: string, args: readonly string[]): string | null {
    const rule: InterfaceRule = {
      family,
      priority: args.includes('priority') ? Number(after(args, 'priority')) : 32765,
      dev: after(args, 'iif'),
      isDetached: !this.routing.links.has(after(args, 'iif')),
      table: Number(after(args, 'lookup')),
      isOurs: after(args, 'protocol') === PROTOCOL,
    };
    const index = this.routing.rules.findIndex(
      (one) =>
        one.family === rule.family &&
        one.dev === rule.dev &&
        one.table === rule.table &&
        one.priority === rule.priority &&
        one.isOurs === rule.isOurs,
    );
    if (verb === 'del' && index < 0) return 'No such file or directory';
    const rules =
      verb === 'del'
        ? this.routing.rules.filter((_, place) => place !== index)
        : [...this.routing.rules, rule];
    this.routing = { ...this.routing, rules };
    return null;
  }

  private address(args: readonly string[]): null {
    const [address = '', dev] = [args[0], after(args, 'dev')];
    const family = address.includes(':') ? 6 : 4;
    const one = {
      address,
      family,
      scope: 'global',
      isDynamic: false,
      isTemporary: false,
      isUnusable: false,
    } as const;
    return this.change(dev, (link) => ({
      ...link,
      addresses: [...link.addresses.filter((each) => each.address !== address), one],
    }));
  }

  /** The kernel flushes IPv6 addresses of an interface that enters a VRF. */
  private master(args: readonly string[]): null {
    return this.change(after(args, 'dev'), (link) => ({
      ...link,
      master: after(args, 'master'),
      portKind: 'vrf',
      addresses: link.addresses.filter(({ family }) => family === 4),
    }));
  }

  private change(dev: string, to: (link: NetLink) => NetLink): null {
    const link = this.routing.links.get(dev);
    if (link === undefined) throw new Error(`there is no ${dev}`);
    this.routing = { ...this.routing, links: new Map([...this.routing.links, [dev, to(link)]]) };
    return null;
  }
}

function after(args: readonly string[], word: string): string {
  const value = args[args.indexOf(word) + 1];
  if (!args.includes(word) || value === undefined) throw new Error(`no ${word} in ${args.join(' ')}`);
  return value;
}

function ipOf(text = ''): NonNullable<ReturnType<typeof parseIp>> {
  const address = parseIp(text);
  if (address === null) throw new Error(`${text} is no address`);
  return address;
}
