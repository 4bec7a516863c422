import type { Exec, ExecResult, HostIo } from '../../../lib/model/io';
import { Exit, KnownError } from '../../../lib/model/known_error';
import type { NetworkFiles } from '../../../lib/network/network_files';
import { NOT_FOUND, succeeded } from './exec_results';
import { FakeIproute2, type KernelSetup } from './fake_iproute2';
import { FakeNft } from './fake_nft';
import { guestXml, statusXml, type Nic } from './guest_xml';

export const ROOT = '/etc/libvirt/hooks';

/** What a host is made of; what is not said is not there. */
export interface HostSetup extends KernelSetup {
  /** Texts by path; folders are what the paths say. null: a file or folder that only root may read. */
  readonly files?: Readonly<Record<string, string | null | undefined>>;
  /** Conf files in the hooks root: where there are some, bridge_init.conf and vlan_filtering.conf are both there. */
  readonly confs?: {
    readonly bridge_init?: string;
    readonly vlan_filtering?: string;
    readonly guest_routes?: string;
  };
  /** Running guests, by name. */
  readonly guests?: Readonly<Record<string, readonly Nic[]>>;
  /** Commands that are played back, by their line: what they print, or how they end; undefined: not found. */
  readonly commands?: Readonly<Record<string, string | ExecResult | undefined>>;
  /** nft is installed. */
  readonly hasNft?: boolean;
  readonly isRoot?: boolean;
  /** Who takes it may change the host; without one nobody may. */
  readonly lock?: HostIo['lock'];
}

/** Takes the place of a whole process, `bridge -j -batch -`; undefined: it runs as it should. `nth` counts from 1. */
export type Replace = (process: string, nth: number) => ExecResult | undefined;

/** How settings of the kernel are written. */
const SET_FILES = 'while [ $# -gt 0 ]; do printf "%s\\n" "$1" >"$2" || exit; printf .; shift 2; done';

/** A lock that is always free. */
export const FREE: HostIo['lock'] = () => Promise.resolve(() => undefined);

/** A host in memory: `bridge` and `ip`, files, and other commands as they were recorded. */
export class FakeHost extends FakeIproute2 {
  /** As they are now. */
  files: Record<string, string | null>;
  /** What has been written since the start, by path; null: removed. */
  readonly written = new Map<string, string | null>();
  /** Every process that was started: its words. */
  readonly calls: string[][] = [];
  isRoot: boolean;
  lock: HostIo['lock'] | null;
  /** What libvirt writes to the hook's standard input. */
  input = '';
  /** Milliseconds; waiting advances it. */
  clock = 0;
  replace: Replace = () => undefined;

  private readonly nft: FakeNft | null;
  private readonly commands: NonNullable<HostSetup['commands']>;

  constructor(setup: HostSetup = {}) {
    super(setup);
    this.nft = setup.hasNft === true ? new FakeNft() : null;
    this.commands = setup.commands ?? {};
    this.files = filesOf(setup);
    this.isRoot = setup.isRoot ?? true;
    this.lock = setup.lock ?? null;
  }

  /** How many processes were started. */
  get processes(): number {
    return this.calls.length;
  }

  readonly exec: Exec = (command, args, options) => {
    this.calls.push([command, ...args]);
    const line = [command, ...args].join(' ');
    const result = this.replace(line, this.processes) ?? this.playBack(line);
    if (result !== undefined) return Promise.resolve(result);
    return Promise.resolve(this.runCommand(command, args, options?.input ?? ''));
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
      watch: () => ({
        changed: (ms) => Promise.resolve(void (this.clock += ms)),
        close: () => undefined,
      }),
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

  private runCommand(command: string, args: readonly string[], input: string): ExecResult {
    if (command === 'bridge' || command === 'ip') return this.runTool(command, args, input);
    if (command === 'nft') return this.nft?.run(args, input) ?? NOT_FOUND;
    const [, program, , ...words] = args;
    if (command !== 'sh' || program !== SET_FILES) return NOT_FOUND;
    for (let at = 0; at < words.length; at += 2) this.files[words[at + 1] ?? ''] = `${words[at]}\n`;
    return succeeded('.'.repeat(words.length / 2));
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
