import { join } from 'node:path';
import type { Machine } from './machine';
import { until } from './until';

/** A bridge at one moment: whether it filters, and the PVID and VLANs of each of its ports. */
export interface Moment {
  readonly seconds: number;
  readonly filtering: boolean;
  readonly ports: Readonly<Record<string, readonly [pvid: number, vids: readonly number[]]>>;
}

/** Sees each change of a bridge of the machine. */
export class Watch {
  private constructor(
    private readonly machine: Machine,
    private readonly log: string,
  ) {}

  /** From when this resolves on, nothing that lasts 10 ms is missed. */
  static async start(machine: Machine, bridge = 'br0'): Promise<Watch> {
    await machine.copyIn(join(__dirname, 'guest'), '/run/kvmvlan-test', ['watch.py']);
    const log = (await machine.must('mktemp /run/kvmvlan-test/watch.XXXXXX')).trim();
    await machine.must(`python3 /run/kvmvlan-test/watch.py ${bridge} >${log} 2>&1 & echo $! >${log}.pid`);
    const watch = new Watch(machine, log);
    await until('it watches', async () => (await watch.moments()).length > 0);
    return watch;
  }

  /** What was seen so far. */
  async moments(): Promise<Moment[]> {
    const text = await this.machine.must(`cat ${this.log}`);
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Moment);
  }

  /** Ends it, and gives all that it has seen. */
  async stop(): Promise<Moment[]> {
    await this.machine.must(`kill "$(cat ${this.log}.pid)"`);
    return this.moments();
  }
}
