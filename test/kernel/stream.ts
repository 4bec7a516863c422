import { join } from 'node:path';
import type { Kernel } from './kernel';
import { quote } from './quote';
import { repositoryRoot } from './repository_root';
import { succeed } from './succeed';

/** While frames flow it says how many each stream has sent. */
export const PULSE = '/run/pulse';

export interface Stream {
  from: string;
  to: string;
  /** The tag of its frames; 0: none. */
  vid: number;
}

/** How many frames of a stream were sent, and the numbers of those that never came. */
export interface Flow {
  sent: number;
  missed: number[];
}

/**
 * Has frames flow, five hundred a second in each stream, from the sender's to the listener's own address, while `act`
 * runs. Frames count once all streams have been heard; one that comes with another tag has not come.
 */
export async function during(
  kernel: Kernel,
  streams: Record<string, Stream>,
  act: () => Promise<unknown>,
): Promise<Record<string, Flow>> {
  const list = Object.entries(streams).map(([name, stream]) => ({ name, ...stream }));
  const script = join(repositoryRoot(), 'test/kernel/inside/stream.py');
  const words = [script, JSON.stringify(list), '/run/stop', PULSE];
  await succeed(
    kernel,
    `rm -f /run/stop; python3 -SEB ${words.map(quote).join(' ')} >/run/flow 2>&1 & echo $! >/run/stream
     until grep -q flowing /run/flow; do kill -0 $! || { cat /run/flow; exit 1; }; sleep 0.1; done`,
  );
  await act();
  const said = await succeed(
    kernel,
    'touch /run/stop; while kill -0 $(cat /run/stream); do sleep 0.1; done 2>/dev/null; cat /run/flow',
  );
  return JSON.parse(said.replace('flowing\n', '')) as Record<string, Flow>;
}
