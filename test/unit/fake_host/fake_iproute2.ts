import type { Bridge, BridgePort } from '../../../lib/model/host/host';
import type { ExecResult } from '../../../lib/model/io';
import type { NetAddress, NetLink } from '../../../lib/model/network/host_network';
import { parseLinks } from '../../../lib/model/network/parse_links';
import { ROUTING_SHOW } from '../../../lib/model/routes/parse_routing';
import { describePortVlans, portVlans, type PortVlans } from '../../../lib/model/vlan/port_vlans';
import { bridgePort, kindOf } from '../model/host/host_parts';
import { batchLines } from './batch_lines';
import { failed, succeeded } from './exec_results';
import { KernelModel } from './kernel_model';
import { linkJson, portJson } from './link_json';
import { Refused } from './refused';
import { routingJson } from './routing_json';
import { RoutingModel } from './routing_model';

/** What `bridge` and `ip` know of; what is not said is not there. */
export interface KernelSetup {
  readonly bridges?: readonly Bridge[];
  readonly ports?: readonly BridgePort[];
  /** Interfaces that are in no bridge. */
  readonly links?: readonly string[];
  /** The host's own addresses, by interface. */
  readonly addresses?: Readonly<Record<string, string>>;
  /** Interfaces that are down. */
  readonly down?: readonly string[];
  /** Bridges that speak STP. */
  readonly stp?: readonly string[];
  /** What `ip -j -d addr show` and `ip -j -d link show` also print, by interface. */
  readonly details?: Readonly<Record<string, LinkDetails>>;
}

/** Keys of `ip -j -d addr show`. */
export interface LinkDetails {
  readonly mtu?: number;
  readonly address?: string;
  readonly addr_info?: readonly object[];
  readonly link?: string;
  readonly linkinfo?: {
    readonly info_kind?: string;
    readonly info_data?: object;
    readonly info_slave_data?: object;
  };
}

type BaseJson = LinkDetails & { readonly ifname: string };

/** Looks at each command that is to be run, `bridge vlan add …`; may change the kernel, or throw Refused. */
export type Watch = (command: string, kernel: KernelModel) => void;

/** `bridge` and `ip` over the kernel's model. How the kernel behaves is tested by the kernel tier. */
export class FakeIproute2 {
  readonly kernel: KernelModel;
  readonly routing = new RoutingModel({
    get: (name) => this.netLinks().get(name),
    set: (name, link) => this.changed.set(name, link),
  });
  /** What was run that changes something, in order; refused ones with the reason. */
  readonly ran: string[] = [];
  addresses: Readonly<Record<string, string>>;
  readonly down: Set<string>;
  watch: Watch = () => undefined;

  private readonly links: string[];
  /** Interfaces whose addresses or VRF were set. */
  private readonly changed = new Map<string, NetLink>();
  private readonly stp: ReadonlySet<string>;
  private readonly details: Readonly<Record<string, LinkDetails>>;

  constructor({
    bridges = [],
    ports = [],
    links = [],
    addresses = {},
    down = [],
    stp = [],
    details = {},
  }: KernelSetup) {
    this.details = details;
    this.kernel = new KernelModel(bridges, ports);
    this.links = [...links];
    this.addresses = addresses;
    this.down = new Set(down);
    this.stp = new Set(stp);
  }

  /** A port is taken off its bridge, as by who makes the bridge anew. */
  lose(dev: string): void {
    this.kernel.remove(dev);
    this.links.push(dev);
  }

  /** All VLANs, for people. */
  describe(): string[] {
    const { kernel } = this;
    return kernel.bridgeNames().flatMap((name) => {
      const { filtering, protocol, defaultPvid, vlans } = kernel.bridge(name);
      const settings = `filtering ${filtering ? 'on' : 'off'}, ${protocol}, default PVID ${defaultPvid ?? 'none'}`;
      const ports = kernel
        .ports(name)
        .map((port) => `${name} ${port.name}: ${describePortVlans(port.vlans)}`);
      return [`${name}: ${settings}; ${describePortVlans(vlans)}`, ...ports];
    });
  }

  /** A process of `bridge` or `ip`. */
  protected runTool(tool: 'bridge' | 'ip', args: readonly string[], input: string): ExecResult {
    const [, family] = /^-N -j -([46]) -batch -$/.exec(args.join(' ')) ?? [];
    if (tool === 'ip' && family !== undefined && input === ROUTING_SHOW)
      return succeeded(routingJson(this.routing.state, family === '4' ? 4 : 6));
    const words = args.filter((word) => !/^-(j|d|json|details)$/.test(word));
    if (words.join(' ') !== '-batch -') return this.runOne(tool, words);
    let stdout = '';
    for (const { line, words: one } of batchLines(input)) {
      const result = this.runOne(tool, one);
      stdout += result.stdout;
      if (!result.ok) return { ...result, stdout, stderr: `${result.stderr}Command failed -:${line}\n` };
    }
    return succeeded(stdout);
  }

  private runOne(tool: 'bridge' | 'ip', words: readonly string[]): ExecResult {
    const text = [tool, ...words].join(' ');
    const shown = this.show(text);
    if (shown !== null) return succeeded(`${JSON.stringify(shown)}\n`);
    try {
      this.watch(text, this.kernel);
      if (tool === 'ip' && words[0] !== 'link') this.routing.run(words);
      else if (tool === 'ip' && words[4] !== 'type') this.runLink(words);
      else if (tool === 'ip') this.kernel.runIp(words);
      else this.kernel.runBridge(words);
      this.ran.push(text);
      return succeeded('');
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.ran.push(`${text}: ${error.message}`);
      return failed({ kind: 'exit', status: 255 }, `${error.message}\n`);
    }
  }

  private show(command: string): object[] | null {
    switch (command) {
      case 'bridge vlan show':
        return this.vlanShow();
      case 'bridge vlan tunnelshow':
        return this.tunnelShow();
      case 'bridge link show':
        return this.linkShow();
      case 'ip addr show':
      case 'ip link show':
        return this.detailedShow();
      case 'bridge fdb show':
        return [];
      case 'ip link show type bridge':
        return this.bridgesShow();
      default:
        return null;
    }
  }

  /** `ip link set dev DEV up|down|nomaster|master MASTER`; a new port begins with the default PVID (br_add_if). */
  private runLink(words: readonly string[]): void {
    const [, , , dev = '', action, bridge = ''] = words;
    if (action === 'master' && this.netLinks().get(bridge)?.kind === 'vrf') {
      this.routing.run(words);
      return;
    }
    const isPort = this.kernel.ports().some(({ name }) => name === dev);
    if (!isPort && !this.links.includes(dev)) throw new Refused(`Cannot find device "${dev}"`);
    if (!['down', 'up', 'nomaster', 'master'].includes(action ?? ''))
      throw new Error(`unknown command: ip ${words.join(' ')}`);
    if (action === 'down') this.down.add(dev);
    if (action === 'up') this.down.delete(dev);
    if (action === 'nomaster' && isPort) {
      this.kernel.remove(dev);
      this.links.push(dev);
    }
    if (action === 'master' && !isPort) {
      const { defaultPvid } = this.kernel.bridge(bridge);
      this.links.splice(this.links.indexOf(dev), 1);
      this.kernel.join(bridgePort(dev, portVlans({ pvid: defaultPvid }), bridge));
    }
  }

  private vlanShow(): object[] {
    const bridges = this.kernel.bridgeNames().map((name) => this.kernel.bridge(name));
    return [...bridges, ...this.kernel.ports()].flatMap(({ name, vlans }) =>
      vlans.vlans.size === 0 ? [] : [{ ifname: name, vlans: vlanJson(vlans) }],
    );
  }

  private tunnelShow(): object[] {
    return this.kernel
      .ports()
      .flatMap(({ name, tunnels }) =>
        tunnels === null || tunnels.size === 0
          ? []
          : [{ ifname: name, tunnels: [...tunnels].map(([vlan, tunid]) => ({ vlan, tunid })) }],
      );
  }

  private linkShow(): object[] {
    return this.kernel.ports().map(({ name, bridge, index }) => ({
      ifindex: index,
      ifname: name,
      flags: this.stateOf(name).flags,
      mtu: 1500,
      master: bridge,
      state: 'forwarding',
    }));
  }

  private addrShow(): BaseJson[] {
    const ports = this.kernel.ports().map(({ name, bridge, kind, flags, index, tunnels }) => ({
      ...portJson(name, bridge, kind, flags, index, tunnels !== null),
      ...this.stateOf(name),
    }));
    const others = this.links.map((name) => ({ ...linkJson(name, kindOf(name)), ...this.stateOf(name) }));
    return [...this.bridgesShow(), ...ports, ...others];
  }

  private detailedShow(): BaseJson[] {
    return this.addrShow().map((link) => this.withChanges(this.withDetails(link)));
  }

  private netLinks(): Map<string, NetLink> {
    return parseLinks(JSON.stringify(this.detailedShow()));
  }

  private withChanges(link: BaseJson): BaseJson {
    const changed = this.changed.get(link.ifname);
    if (changed === undefined) return link;
    const { addresses, master, portKind } = changed;
    const vrf = { master, linkinfo: { ...link.linkinfo, info_slave_kind: portKind } };
    return { ...link, ...(portKind === 'vrf' ? vrf : {}), addr_info: addresses.map(netAddressJson) };
  }

  private withDetails(link: BaseJson): BaseJson {
    const { linkinfo = {}, ...more } = this.details[link.ifname] ?? {};
    const { info_data, info_slave_data, ...kind } = linkinfo;
    const { linkinfo: before = {} } = link;
    return {
      ...link,
      ...more,
      linkinfo: {
        ...before,
        ...kind,
        info_data: { ...before.info_data, ...info_data },
        info_slave_data: { ...before.info_slave_data, ...info_slave_data },
      },
    };
  }

  private bridgesShow(): BaseJson[] {
    return this.kernel.bridgeNames().map((name) => ({
      ...linkJson(name, 'bridge'),
      ...this.stateOf(name),
      linkinfo: { info_kind: 'bridge', info_data: this.bridgeData(name) },
    }));
  }

  /** What of an interface does not depend on its kind. */
  private stateOf(name: string): { flags: string[]; addr_info: object[] } {
    const local = this.addresses[name];
    return {
      flags: ['BROADCAST', 'MULTICAST', ...(this.down.has(name) ? [] : ['UP', 'LOWER_UP'])],
      addr_info: [...(local === undefined ? [] : [addressJson(local, 24)])],
    };
  }

  private bridgeData(name: string): object {
    const { filtering, protocol, defaultPvid } = this.kernel.bridge(name);
    return {
      vlan_filtering: filtering ? 1 : 0,
      vlan_protocol: protocol,
      vlan_default_pvid: defaultPvid ?? 0,
      stp_state: this.stp.has(name) ? 1 : 0,
      forward_delay: 1500,
    };
  }
}

function addressJson(local: string, prefixlen: number): object {
  return { family: local.includes(':') ? 'inet6' : 'inet', local, prefixlen, scope: 'global' };
}

function netAddressJson({ address, scope, isDynamic, isTemporary, isUnusable }: NetAddress): object {
  const [local = '', length] = address.split('/');
  const flags = { dynamic: isDynamic, temporary: isTemporary, tentative: isUnusable };
  return { ...addressJson(local, Number(length)), scope, ...flags };
}

/** As `bridge -j vlan show` has them: runs of VIDs with the same flags as one, the PVID by itself (br_fill_ifvlaninfo). */
function vlanJson({ pvid, vlans }: PortVlans): { vlan: number; vlanEnd?: number; flags?: string[] }[] {
  const list: { vlan: number; vlanEnd?: number; flags?: string[] }[] = [];
  for (const [vid, egress] of [...vlans].sort(([a], [b]) => a - b)) {
    const flags = [...(vid === pvid ? ['PVID'] : []), ...(egress === 'untagged' ? ['Egress Untagged'] : [])];
    const last = list.at(-1);
    const isNext = last !== undefined && (last.vlanEnd ?? last.vlan) === vid - 1;
    if (isNext && !flags.includes('PVID') && String(last.flags ?? []) === String(flags)) last.vlanEnd = vid;
    else list.push({ vlan: vid, ...(flags.length === 0 ? {} : { flags }) });
  }
  return list;
}
