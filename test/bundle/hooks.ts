import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DispatchLine } from '../../lib/dispatch/dispatch_log';
import { safeFolder } from '../safe_folder';
import { runAsLibvirt, type Seen } from './libvirt';
import { putSnapshot, SNAPSHOTS_HERE } from './snapshots';

jest.setTimeout(90_000);

/** Where `npm run build` put the bundles. */
export const BUILT = join(__dirname, '../../build/dist/hooks');
export const FIXTURES = join(__dirname, '../fixtures/libvirt-9.0.0');
export const XML = readFileSync(join(FIXTURES, 'qemu_start_begin.xml'), 'utf8');
export const isRoot = process.geteuid?.() === 0;

/** What libvirt sees, and what else the test wants to know. */
export interface Run extends Seen {
  /** The lines that the call added to logs/dispatch.log. */
  readonly lines: readonly DispatchLine[];
  /** What the call left running. */
  readonly left: readonly string[];
}

export interface CallOptions {
  readonly input?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
  /** Words before the hook's own: `['sh', '-c', 'ulimit …; exec "$@"', 'sh']`. */
  readonly through?: readonly string[];
  readonly unread?: readonly ('stdout' | 'stderr')[];
  readonly deadline?: number;
  readonly onPid?: (pid: number) => void;
}

/** Whether all that tests call starts from a snapshot, where it can: see test/README.md. */
const FROM_SNAPSHOTS = process.env.KVMVLAN_TEST_SNAPSHOTS === '1';

const DRIVERS = ['daemon', 'qemu', 'network', 'lxc', 'libxl'];
const made: string[] = [];
afterAll(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** What exec.ts puts before the caller's PATH. */
const SYSTEM_PATH = '/usr/sbin:/usr/bin:/sbin:/bin';

/** A hooks root of its own, with built dispatchers as the installer leaves them. */
export class Hooks {
  readonly root = safeFolder('kvmvlan-hooks-');
  /** Whether scripts in `bin` stand for the system's tools. */
  private readonly hasTools: boolean;
  private choosesSnapshots = false;

  /** @param files texts by path; scripts (what begins with #!) become executable */
  constructor(files: Readonly<Record<string, string | Buffer>> = {}) {
    made.push(this.root);
    this.hasTools = Object.keys(files).some((path) => path.startsWith('bin/'));
    for (const driver of DRIVERS) this.write(driver, this.withTools(installed(driver)));
    for (const [path, text] of Object.entries(files)) this.write(path, text);
  }

  write(path: string, text: string | Buffer): void {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    chmodSync(file, text.toString('latin1', 0, 2).startsWith('#!') ? 0o755 : 0o644);
  }

  /** Puts a bundled plugin into a phase folder. With something behind its code it is not the bundled one any more. */
  installPlugin(name: string, folder: string, extra = ''): void {
    this.write(`${folder}/${name}`, `${this.withTools(installed(name))}${extra}`);
  }

  /** A bundle for which `bin` comes before the system's folders: as built it goes by nobody's PATH. */
  withTools(bundle: Buffer | string): string {
    const text = bundle.toString();
    if (!this.hasTools) return text;
    const parts = text.split(SYSTEM_PATH);
    if (parts.length !== 2) throw new Error(`the system's PATH is in it ${parts.length - 1} times`);
    return parts.join(`${this.root}/bin:${SYSTEM_PATH}`);
  }

  /** Shortens the interval of the watchdog in all dispatchers. */
  watchEvery(seconds: number): void {
    for (const driver of DRIVERS) this.write(driver, watchingEvery(seconds, this.read(driver) ?? ''));
  }

  /** Has an executable of ours start from a snapshot. From then on the test says which do. */
  putSnapshot(path: string): string {
    this.choosesSnapshots = true;
    return putSnapshot(join(this.root, path));
  }

  exists(path: string): boolean {
    return existsSync(join(this.root, path));
  }

  /** null where there is no such file. */
  read(path: string): string | null {
    try {
      return readFileSync(join(this.root, path), 'utf8');
    } catch {
      return null;
    }
  }

  logs(): string[] {
    return readdirSync(join(this.root, 'logs')).sort();
  }

  lines(): DispatchLine[] {
    const text = this.read('logs/dispatch.log') ?? '';
    return text
      .split('\n')
      .filter((line) => line.endsWith('}'))
      .map((line) => JSON.parse(line) as DispatchLine);
  }

  /** One call of libvirt: exactly its environment, `/`, and pipes. */
  async call(driver: string, args: readonly (string | Buffer)[], options: CallOptions = {}): Promise<Run> {
    const before = this.lines().length;
    if (FROM_SNAPSHOTS && !this.choosesSnapshots) this.putSnapshots();
    const seen = await runAsLibvirt(
      {
        argv: [...(options.through ?? []), join(this.root, driver), ...args],
        env: { LC_ALL: 'C', PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: this.marker, ...options.env },
        input: Buffer.from((options.input ?? (driver === 'daemon' ? '' : XML)) as string),
        deadline: options.deadline ?? 60,
        unread: options.unread ?? [],
      },
      options.onPid,
    );
    return { ...seen, lines: this.lines().slice(before), left: await this.left() };
  }

  private putSnapshots(): void {
    const folders = readdirSync(this.root).filter((folder) => folder.endsWith('.d'));
    const names = ['vlan_filtering', 'guest_routes', 'bridge_init'];
    const plugins = folders.flatMap((folder) => names.map((name) => `${folder}/${name}`));
    for (const path of [...DRIVERS, ...plugins]) {
      try {
        putSnapshot(join(this.root, path));
      } catch {
        // There is none, or a test has broken it on purpose.
      }
    }
  }

  /** In the environment of every process that a call starts. */
  get marker(): string {
    return `${this.root}/marker`;
  }

  /** What runs with our marker; those that were just killed get a moment to be gone. */
  async left(): Promise<string[]> {
    for (let i = 0; ; i++) {
      const found = marked(this.marker);
      if (found.length === 0 || i === 30) return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Ends what a test has left running on purpose. */
  clean(): void {
    for (const found of marked(this.marker)) {
      try {
        process.kill(Number(found.split(' ')[0]), 'SIGKILL');
      } catch (error) {
        // It has just ended.
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    }
  }
}

const cache = new Map<string, Buffer>();

const FOLDERS: Readonly<Record<string, string>> = {
  bridge_init: 'daemon_start.d/',
  vlan_filtering: 'qemu_start_begin.d/',
  guest_routes: 'qemu_start_begin.d/',
  kvmvlan: 'bin/',
};

/** A bundle with the path of node, as the installer writes it, and a folder of snapshots that is the tests' own. */
export function installed(name: string): Buffer {
  const known = cache.get(name);
  if (known !== undefined) return known;
  const folder = FOLDERS[name] ?? '';
  const text = readFileSync(join(BUILT, `${folder}${name}`), 'utf8');
  const end = text.indexOf('\n*/\n');
  if (!text.slice(0, end).includes("\nnode='/usr/bin/node'\n")) throw new Error(`${name} has no node`);
  const header = text
    .slice(0, end)
    .replace("node='/usr/bin/node'", `node='${process.execPath}'`)
    .replaceAll('/var/cache/kvmvlan', SNAPSHOTS_HERE);
  const bundle = Buffer.from(header + text.slice(end));
  cache.set(name, bundle);
  return bundle;
}

/** A header whose watchdog looks at the hook every so many seconds. It kills the hook after twelve times in silence. */
export function watchingEvery(seconds: number, header: string): string {
  const parts = header.split('sleep 5 &');
  if (parts.length !== 2) throw new Error(`the interval of the watchdog is in it ${parts.length - 1} times`);
  return parts.join(`sleep ${seconds} &`);
}

/** A shell script. */
export function sh(body: string): string {
  return `#!/bin/sh\n${body}\n`;
}

/** The processes that have the marker in their environment: pid and command. */
function marked(marker: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        if (!readFileSync(`/proc/${pid}/environ`).includes(marker)) return [];
        return [`${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ')}`];
      } catch {
        return []; // Ended meanwhile, or not ours.
      }
    });
}

/** A bundle that finds no node where its header looks for one, the caller's PATH aside. */
export function withoutNode(bundle: string): string {
  return [process.execPath, '/usr/bin/node', '/usr/local/bin/node'].reduce(
    // Not in messages, which advise the right path.
    (text, path) => text.replaceAll(new RegExp(`(?<!( as| whether) )${path}`, 'g'), '/no/node'),
    bundle,
  );
}
