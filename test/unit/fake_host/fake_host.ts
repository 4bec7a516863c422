import type { Bridge, BridgePort } from '../../../lib/model/host/host';
import type { Exec, ExecResult, HostIo } from '../../../lib/model/io';
import { Exit, KnownError } from '../../../lib/model/known_error';
import { describePortVlans, portVlans, type PortVlans } from '../../../lib/model/vlan/port_vlans';
import type { NetworkFiles } from '../../../lib/network/network_files';
import { bridgePort, kindOf } from '../model/host/host_parts';
import { batchLines } from './batch_lines';
import { failed, NOT_FOUND, succeeded } from './exec_results';
import { guestXml, statusXml, type Nic } from './guest_xml';
import { KernelModel } from './kernel_model';
import { linkJson, portJson } from './link_json';
import { Refused } from './refused';

export const ROOT = '/etc/libvirt/hooks';

/** What a host is made of; what is not said is not there. */
export interface HostSetup {
  /** Texts by path; folders are what the paths say. null: a file or folder that only root may read. */
  readonly files?: Readonly<Record<string, string | null | undefined>>;
  /** Conf files in the hooks root: where there are some, bridge_init.conf and vlan_filtering.conf are both there. */
  readonly confs?: { readonly bridge_init?: string; readonly vlan_filtering?: string };
  /** Running guests, by name. */
  readonly guests?: Readonly<Record<string, readonly Nic[]>>;
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
  /** Commands that are played back, by their line: what they print, or how they end; undefined: not found. */
  readonly commands?: Readonly<Record<string, string | ExecResult | undefined>>;
  readonly isRoot?: boolean;
  /** Who takes it may change the host; without one nobody may. */
  readonly lock?: HostIo['lock'];
}

/** Looks at each command that is to be run, `bridge vlan add …`; may change the kernel, or throw Refused. */
export type Watch = (command: string, kernel: KernelModel) => void;

/** Takes the place of a whole process, `bridge -j -batch -`; undefined: it runs as it should. `nth` counts from 1. */
export type Replace = (process: string, nth: number) => ExecResult | undefined;

/** A lock that is always free. */
export const FREE: HostIo['lock'] = () => Promise.resolve(() => undefined);

/**
 * A host in memory: files, `bridge` and `ip` over the kernel's model, and other commands as they were recorded. It is
 * for faults that no real host has at command; how the kernel behaves is tested by the kernel tier.
 */
export class FakeHost {
  readonly kernel: KernelModel;
  /** As they are now. */
  files: Record<string, string | null>;
  /** What has been written since the start, by path; null: removed. */
  readonly written = new Map<string, string | null>();
  /** What was run of `bridge` and `ip` that changes something, in order; refused ones with the reason. */
  readonly ran: string[] = [];
  /** Every process that was started: its words. */
  readonly calls: string[][] = [];
  addresses: Readonly<Record<string, string>>;
  isRoot: boolean;
  lock: HostIo['lock'] | null;
  /** What libvirt writes to the hook's standard input. */
  input = '';
  /** Milliseconds; waiting advances it. */
  clock = 0;
  watch: Watch = () => undefined;
  replace: Replace = () => undefined;
  readonly down: Set<string>;

  private readonly links: string[];
  private readonly stp: ReadonlySet<string>;
  private readonly commands: NonNullable<HostSetup['commands']>;

  constructor(setup: HostSetup = {}) {
    const { bridges = [], ports = [], links = [], commands = {}, stp = [], addresses = {} } = setup;
    this.kernel = new KernelModel(bridges, ports);
    this.links = [...links];
    this.down = new Set(setup.down);
    this.addresses = addresses;
    this.stp = new Set(stp);
    this.commands = commands;
    this.files = filesOf(setup);
    this.isRoot = setup.isRoot ?? true;
    this.lock = setup.lock ?? null;
  }

  /** How many processes were started. */
  get processes(): number {
    return this.calls.length;
  }

  /** A port is taken off its bridge, as by who makes the bridge anew. */
  lose(dev: string): void {
    this.kernel.remove(dev);
    this.links.push(dev);
  }

  readonly exec: Exec = (command, args, options) => {
    this.calls.push([command, ...args]);
    const line = [command, ...args].join(' ');
    const result = this.replace(line, this.processes) ?? this.playBack(line);
    return Promise.resolve(result ?? this.run(command, args, options?.input ?? ''));
  };

  /** The outside world of a program that runs here. */
  io(more: Partial<HostIo> = {}): HostIo {
    const nobodyHears = (): void => undefined;
    return {
      exec: this.exec,
      log: { info: nobodyHears, warning: nobodyHears, error: nobodyHears },
      readText: (path) => this.readText(path),
      writeText: (path, text) => {
        this.written.set(path, text);
        if (text === null) delete this.files[path];
        else this.files[path] = text;
      },
      readFolder: (path) => {
        this.mustBeReadable(path);
        return this.names(path);
      },
      folderStamp: () => '',
      readInput: () => this.input,
      lock: this.lock ?? (() => Promise.reject(new Error('who only looks takes no lock'))),
      isRoot: this.isRoot,
      now: () => this.clock,
      sleep: (ms) => Promise.resolve(void (this.clock += ms)),
      ...more,
    };
  }

  /** The names in a folder. */
  names(folder: string): string[] {
    const inside = Object.keys(this.files).filter((file) => file.startsWith(`${folder}/`));
    return [...new Set(inside.map((file) => file.slice(folder.length + 1).split('/')[0] ?? ''))];
  }

  /** The same for those to whom a file that may not be read, or is not there, is just null. */
  networkFiles(): NetworkFiles {
    return {
      text: (path) => this.files[path] ?? null,
      names: (path) => {
        const names = this.names(path);
        return names.length === 0 ? null : names;
      },
    };
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

  private readText(path: string): string | null {
    this.mustBeReadable(path);
    return this.files[path] ?? null;
  }

  private mustBeReadable(path: string): void {
    if (this.files[path] !== null) return;
    const message = `cannot read ${path}: EACCES: permission denied`;
    throw new KnownError(message, 'Check it.', Exit.failed, 'access-denied');
  }

  private playBack(line: string): ExecResult | undefined {
    if (!Object.hasOwn(this.commands, line)) return undefined;
    const played = this.commands[line] ?? NOT_FOUND;
    return typeof played === 'string' ? succeeded(played) : played;
  }

  private run(command: string, args: readonly string[], input: string): ExecResult {
    if (command !== 'bridge' && command !== 'ip') return NOT_FOUND;
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

  private runOne(tool: 'bridge' | 'ip', words: readonly string[]): ExecResult {
    const text = [tool, ...words].join(' ');
    const shown = this.show(text);
    if (shown !== null) return succeeded(`${JSON.stringify(shown)}\n`);
    try {
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

  private show(command: string): object[] | null {
    switch (command) {
      case 'bridge vlan show':
        return this.vlanShow();
      case 'bridge link show':
        return this.linkShow();
      case 'ip addr show':
        return this.addrShow();
      case 'ip link show type bridge':
        return this.bridgesShow();
      default:
        return null;
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
      flags: this.stateOf(name).flags,
      mtu: 1500,
      master: bridge,
      state: 'forwarding',
    }));
  }

  private addrShow(): object[] {
    const ports = this.kernel.ports().map(({ name, bridge, kind, flags, index }) => ({
      ...portJson(name, bridge, kind, flags, index),
      ...this.stateOf(name),
    }));
    const others = this.links.map((name) => ({ ...linkJson(name, kindOf(name)), ...this.stateOf(name) }));
    return [...this.bridgesShow(), ...ports, ...others];
  }

  private bridgesShow(): object[] {
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
      addr_info: local === undefined ? [] : [{ local, prefixlen: 24, scope: 'global' }],
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

function filesOf({ files = {}, confs, guests = {} }: HostSetup): Record<string, string | null> {
  const running = Object.entries(guests).map(([name, nics], number) => [
    `/run/libvirt/qemu/${name}.xml`,
    statusXml(guestXml(name, nics, number)),
  ]);
  const inRoot = confs === undefined ? {} : { bridge_init: '', vlan_filtering: '', ...confs };
  const conf = Object.entries(inRoot).map(([name, text]) => [`${ROOT}/conf/${name}.conf`, text]);
  const given = Object.entries(files).filter(([, text]) => text !== undefined);
  return Object.fromEntries([...conf, ...running, ...given]) as Record<string, string | null>;
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
