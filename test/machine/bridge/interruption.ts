import type { Machine } from '../machine';
import { until } from '../until';
import { LAB_FOLDER } from './lab_folder';

/** For how many milliseconds nobody answered a client outside, at most. */
export type Interruption = Readonly<Record<string, number>>;

/** A client outside that asks the host 20 times a second: by ping to several addresses, and in a session of ssh. */
export class Probe {
  private constructor(
    private readonly machine: Machine,
    private readonly log: string,
    private readonly names: readonly string[],
  ) {}

  /** `addresses`: of the host; ssh goes to the first. From when this resolves on, nothing that lasts 100 ms is missed. */
  static async start(machine: Machine, addresses: readonly string[]): Promise<Probe> {
    const log = (await machine.must('mktemp /run/probe.XXXXXX')).trim();
    const words = [addresses[0], ...addresses].join(' ');
    await machine.must(
      `ip netns exec client python3 ${LAB_FOLDER}/probe.py ${words} >>${log} 2>${log}.errors & echo $! >${log}.pid`,
    );
    const probe = new Probe(machine, log, ['ssh', ...addresses]);
    await until('all answer', async () => {
      const answers = await probe.answers();
      return probe.names.every((name) => answers.some((answer) => answer.name === name));
    });
    await machine.must(`awk '{ printf "%.3f start\\n", $1 }' /proc/uptime >>${log}`);
    return probe;
  }

  /** Ends it, and gives the longest silence of each since it was started. */
  async stop(): Promise<Interruption> {
    await this.machine.must(
      `awk '{ printf "%.3f end\\n", $1 }' /proc/uptime >>${this.log}; kill $(cat ${this.log}.pid)`,
    );
    const answers = await this.answers();
    const times = (name: string) =>
      answers.filter((answer) => answer.name === name).map(({ seconds }) => seconds);
    return Object.fromEntries(
      this.names.map((name) => {
        const [start = 0] = times('start');
        const seconds = [start, ...times(name).filter((second) => second > start), ...times('end')];
        const gaps = seconds.slice(1).map((second, i) => second - (seconds[i] ?? second));
        return [name, Math.round(Math.max(...gaps) * 1000)];
      }),
    );
  }

  private async answers(): Promise<{ seconds: number; name: string }[]> {
    const text = await this.machine.must(`cat ${this.log}`);
    // The last line may not be whole yet.
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => {
        const [seconds = '', name = ''] = line.split(' ');
        return { seconds: Number(seconds), name };
      });
  }
}
