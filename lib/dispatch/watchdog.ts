import { readFileSync } from 'node:fs';
import { signalProcess } from '../system/process/signal_process';

/** The process of the sh header that kills a hung hook; see build/headers/watchdog.sh. */
export interface Watchdog {
  /** Starts the watch: from now on the watchdog asks this process regularly whether it still makes progress. */
  watchUs(): void;
  leave(): void;
}

/** Signals the watchdog that node runs. Does nothing if there is no watchdog, as when node is started manually. */
export function meetWatchdog(pid: number | null): Watchdog {
  const tell = (signal: NodeJS.Signals): void => {
    if (pid !== null && isOurs(pid)) signalProcess(pid, signal);
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

/** Whether it is still a child of this process or of the sh header: its number may have been reused. */
function isOurs(pid: number): boolean {
  try {
    // Splitting at spaces is safe: the name in parentheses is that of the header.
    const parent = Number(readFileSync(`/proc/${pid}/stat`, 'latin1').split(' ')[3]);
    return parent === process.pid || parent === process.ppid;
  } catch {
    return false; // It has ended, or never existed.
  }
}
