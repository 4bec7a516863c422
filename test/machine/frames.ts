import { join } from 'node:path';
import type { Machine } from './machine';
import { until } from './until';

/** A frame that an interface of the machine carried. */
export interface Frame {
  /** Since the listening began. */
  seconds: number;
  device: string;
  /** As the machine sees it: what a guest sends comes `in` on its tap and goes `out` of the uplink. */
  direction: 'in' | 'out';
  source: string;
  destination: string;
  etherType: string;
  /** The VID in its tag; null: untagged. */
  vid: number | null;
}

function parse(line: string): Frame {
  const [seconds = '', device = '', direction, source = '', destination = '', etherType = '', vid] =
    line.split(' ');
  return {
    seconds: Number(seconds),
    device,
    direction: direction === 'out' ? 'out' : 'in',
    source,
    destination,
    etherType,
    vid: vid === '-' ? null : Number(vid),
  };
}

/** Hears all frames on all interfaces of the machine, also on those that are made later. */
export class Listener {
  private constructor(
    private readonly machine: Machine,
    private readonly log: string,
  ) {}

  /** From when this resolves on, no frame is missed. */
  static async start(machine: Machine): Promise<Listener> {
    await machine.copyIn(join(__dirname, 'guest'), '/run/kvmvlan-test', ['listen.py']);
    const log = (await machine.must('mktemp /run/kvmvlan-test/frames.XXXXXX')).trim();
    await machine.must(`python3 /run/kvmvlan-test/listen.py >${log} 2>&1 &`);
    await until('it listens', async () => (await machine.must(`cat ${log}`)).startsWith('listening'));
    return new Listener(machine, log);
  }

  /** What was heard so far. */
  async frames(): Promise<Frame[]> {
    const text = await this.machine.must(`cat ${this.log}`);
    // The last line may not be whole yet.
    return text.split('\n').slice(1, -1).map(parse);
  }

  /** Waits until `enough` is true of what was heard, and gives that. */
  async hear(what: string, enough: (frames: Frame[]) => boolean, timeoutMs = 300_000): Promise<Frame[]> {
    let heard: Frame[] = [];
    await until(what, async () => enough((heard = await this.frames())), timeoutMs);
    return heard;
  }
}
