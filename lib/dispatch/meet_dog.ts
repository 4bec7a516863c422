import { readFileSync } from 'node:fs';
import { signalProcess } from '../system/process/signal_process';

/** The process of the sh header that ends a hook which hangs; see build/dispatcher_header.ts. */
export interface Dog {
  /** From now on it asks whether we go on: only our own work, and what it waits for, can keep us. */
  watchUs(): void;
  leave(): void;
}

/** Tells the dog that node runs. Where there is none, as when node is started by hand, it does nothing. */
export function meetDog(): Dog {
  const pid = Number(process.env.KVMVLAN_DOG);
  delete process.env.KVMVLAN_DOG;
  const tell = (signal: NodeJS.Signals): void => {
    if (isOurs(pid)) signalProcess(pid, signal);
  };
  tell('SIGUSR1');
  const leave = (): void => tell('SIGTERM');
  process.once('exit', leave);
  const goOn = (): void => tell('SIGUSR2');
  return {
    watchUs() {
      process.on('SIGURG', goOn);
      goOn();
    },
    leave,
  };
}

/** Whether it still is a child of ours, or of the sh above us: its number may be another's by now. */
function isOurs(pid: number): boolean {
  try {
    // The name, which is in parentheses, is the header's.
    const parent = Number(readFileSync(`/proc/${pid}/stat`, 'latin1').split(' ')[3]);
    return parent === process.pid || parent === process.ppid;
  } catch {
    return false; // Ended, or there never was one.
  }
}
