import type { Bridge, BridgePort } from '../../../lib/model/host/host';
import type { Exec, ExecResult } from '../../../lib/model/io';
import { describePortVlans, portVlans, type PortVlans } from '../../../lib/model/vlan/port_vlans';
import { failed, succeeded } from '../exec_results';
import { bridgePort, kindOf } from '../model/host/bridge_port';
import { KernelModel } from '../fake_host/kernel_model';
import { linkJson, portJson } from '../fake_host/link_json';
import { Refused } from '../fake_host/refused';
import { batchLines } from './batch_lines';

/** Looks at each command that is to be run, `bridge vlan add …`; may change the kernel, or throw Refused. */
export type Watch = (command: string, kernel: KernelModel) => void;

/** Takes the place of a whole process, `bridge -j -batch -`; undefined: it runs as it should. `nth` counts from 1. */
export type Replace = (process: string, nth: number) => ExecResult | undefined;

/** `bridge` and `ip` over the kernel's model: for faults that no real kernel has at command. */
export class SimulatedHost {
  readonly kernel: KernelModel;
  /** What was run that changes something, in order; refused ones with the reason. */
  readonly ran: string[] = [];
  /** How many processes were started. */
  processes = 0;
  /** The host's own addresses, by interface. */
  addresses: Readonly<Record<string, string>> = {};
  watch: Watch = () => undefined;
  replace: Replace = () => undefined;

  /** @param links interfaces that are in no bridge */
  constructor(bridges: readonly Bridge[], ports: readonly BridgePort[], links: readonly string[] = []) {
    this.kernel = new KernelModel(bridges, ports);
    this.links = [...links];
  }

  private readonly links: string[];
  /** Interfaces that were set down. */
  readonly down = new Set<string>();

  /** A port is taken off its bridge, as by who makes the bridge anew. */
  lose(dev: string): void {
    this.kernel.remove(dev);
    this.links.push(dev);
  }

  readonly exec: Exec = (command, args, options) => {
    this.processes++;
    const replaced = this.replace([command, ...args].join(' '), this.processes);
    return Promise.resolve(replaced ?? this.run(command, args, options?.input ?? ''));
  };

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

  private run(command: string, args: readonly string[], input: string): ExecResult {
    const words = args.filter((word) => !/^-(j|d|json|details)$/.test(word));
    if (words.join(' ') !== '-batch -') return this.runOne(command, words);
    let stdout = '';
    for (const { line, words: one } of batchLines(input)) {
      const result = this.runOne(command, one);
      stdout += result.stdout;
      if (!result.ok) return { ...result, stdout, stderr: `${result.stderr}Command failed -:${line}\n` };
    }
    return succeeded(stdout);
  }

  private runOne(tool: string, words: readonly string[]): ExecResult {
    const text = [tool, ...words].join(' ');
    try {
      switch (text) {
        case 'bridge vlan show':
          return succeeded(`${JSON.stringify(this.vlanShow())}\n`);
        case 'bridge link show':
          return succeeded(`${JSON.stringify(this.linkShow())}\n`);
        case 'ip addr show':
          return succeeded(`${JSON.stringify(this.addrShow())}\n`);
      }
      this.watch(text, this.kernel);
      if (tool === 'ip' && words[4] !== 'type') this.runLink(words);
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

  /** `ip link set dev DEV up|down|nomaster|master BRIDGE`; a new port begins with the default PVID (br_add_if). */
  private runLink([, , , dev = '', action, bridge = '']: readonly string[]): void {
    const isPort = this.kernel.ports().some(({ name }) => name === dev);
    if (!isPort && !this.links.includes(dev)) throw new Refused(`Cannot find device "${dev}"`);
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

  private linkShow(): object[] {
    return this.kernel.ports().map(({ name, bridge, index }) => ({
      ifindex: index,
      ifname: name,
      flags: ['BROADCAST', 'MULTICAST', 'UP', 'LOWER_UP'],
      mtu: 1500,
      master: bridge,
      state: 'forwarding',
    }));
  }

  private addrShow(): object[] {
    const bridges = this.kernel.bridgeNames().map((name) => ({
      ...linkJson(name, 'bridge'),
      linkinfo: { info_kind: 'bridge', info_data: this.bridgeData(name) },
      addr_info:
        this.addresses[name] === undefined
          ? []
          : [{ local: this.addresses[name], prefixlen: 24, scope: 'global' }],
    }));
    const ports = this.kernel
      .ports()
      .map(({ name, bridge, kind, flags, index }) => portJson(name, bridge, kind, flags, index));
    return [...bridges, ...ports, ...this.links.map((name) => linkJson(name, kindOf(name)))];
  }

  private bridgeData(name: string): object {
    const { filtering, protocol, defaultPvid } = this.kernel.bridge(name);
    return {
      vlan_filtering: filtering ? 1 : 0,
      vlan_protocol: protocol,
      vlan_default_pvid: defaultPvid ?? 0,
    };
  }
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
