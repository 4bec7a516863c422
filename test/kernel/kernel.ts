/** Where the kernel that filters VLANs comes from: this machine's own, or User-Mode Linux. */
export type KernelKind = 'netns' | 'uml';

export interface RunResult {
  status: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  /** After this many milliseconds all that the script started is killed and run() rejects. 60 s unless given. */
  timeoutMs?: number;
  stdin?: string;
  /** What reads the script: /bin/sh, inside/frames.py (see frames.ts) or inside/dhcp.py (see dhcp.ts). */
  interpreter?: 'sh' | 'frames' | 'dhcp';
}

export interface ShellOptions {
  /** What /bin/sh runs on the terminal: `exec bash`, say. */
  script: string;
  /** The kind of terminal: `xterm`. */
  term: string;
  rows: number;
  columns: number;
  /** Gets what the terminal shows. */
  onOutput: (text: string) => void;
}

export interface Shell {
  type(text: string): void;
  resize(size: { rows: number; columns: number }): void;
  /** Its exit status. */
  readonly ended: Promise<number>;
}

/**
 * A network of its own in a kernel whose bridge filters VLANs.
 *
 * Inside, all files of this machine are there under their own paths, read-only; /run, /tmp, /var/tmp, /var/log and
 * /dev/shm are empty and writable. Background processes and files stay from one run() to the next.
 */
export interface Kernel {
  readonly kind: KernelKind;
  /** Runs a shell script as root in /tmp. A status other than 0 is a result; only a timeout or a crash rejects. */
  run(script: string, options?: RunOptions): Promise<RunResult>;
  /** Runs a script as root on a terminal, for as long as it takes. */
  shell(options: ShellOptions): Shell;
  /** Makes the tap of a guest's interface and holds the guest's end of it, as QEMU does. */
  plug(tap: string): Promise<void>;
  /** What a guest's end does to its tap: it is gone, and its port with it. */
  unplug(tap: string): Promise<void>;
  /** A new, empty network with no process and no file of the old one. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}
