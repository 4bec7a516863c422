import { KnownError } from '../../model/known_error';
import type { Capture, CaptureDhcp, Direction } from '../../system/tcpdump/capture_dhcp';
import { shellQuote } from '../../text/shell_quote';
import { judge } from './judge';
import { sightings, type Sighting, type Way } from './sightings';
import { uplinksAmong, type TracedPort } from './traced_port';

/** Why a trace ended. `confirmed`: every port got what it asked for. `port-gone`: a port of the guest has vanished. */
export type TraceEnd = 'time' | 'interrupted' | 'confirmed' | 'port-gone';

/** An interface that was not watched completely, and why. */
export interface Gap {
  readonly dev: string;
  readonly reason: string;
}

export interface Watched {
  readonly seen: readonly Sighting[];
  readonly ended: TraceEnd;
  readonly seconds: number;
  readonly gaps: readonly Gap[];
}

/** The outside world of a trace. */
export interface TraceWorld {
  readonly captureDhcp: CaptureDhcp;
  /** Calls it at Ctrl-C and the like, until the returned function is called. */
  readonly onInterrupt: (handler: () => void) => () => void;
  /** Milliseconds, for durations only. */
  readonly now: () => number;
}

/** How long after an answer it is checked whether the guest has what it asked for. */
const CHECK_MS = 50;

/** How long frames that have already passed may take to get here. */
const SETTLE_MS = 300;

/**
 * Watches ports and the exits of their bridges. Throws KnownError if an interface cannot be watched.
 *
 * @param onStart is called when all interfaces are watched
 * @param onNew is called with each frame that was not seen before
 */
export async function watchPorts(
  ports: readonly TracedPort[],
  maxSeconds: number,
  { captureDhcp, onInterrupt, now }: TraceWorld,
  onStart: () => void,
  onNew: (dev: string, way: Way, frame: Sighting['frame']) => void,
): Promise<Watched> {
  const watches = watchesOf(ports);
  const store = sightings();
  const gaps: Gap[] = [];
  const captures: Capture[] = [];
  let finish = (_end: TraceEnd): void => undefined;
  const finished = new Promise<TraceEnd>((resolve) => (finish = resolve));
  const forget = onInterrupt(() => finish('interrupted'));
  const timers: NodeJS.Timeout[] = [];
  let [isStarted, isOver, isChecked] = [false, false, true];
  // Not at each frame: it takes as long as there are frames.
  const checkSoon = (): void => {
    if (!isChecked) return;
    isChecked = false;
    const check = (): void => {
      isChecked = true;
      if (ports.every((port) => isConfirmed(port, store.all()))) finish('confirmed');
    };
    timers.push(setTimeout(check, CHECK_MS));
  };
  try {
    for (const { dev, direction, way } of watches) {
      const capture = captureDhcp(dev, direction, (frame, at) => {
        // What passes before all are watched would seem to stop at the others.
        if (!isStarted || !store.add(dev, way, frame, at)) return;
        onNew(dev, way, frame);
        if (way === 'to-guest') checkSoon();
      });
      captures.push(capture);
      void capture.ended.then((reason) => {
        if (!isStarted || isOver) return;
        if (!gaps.some((gap) => gap.dev === dev)) gaps.push({ dev, reason });
        if (ports.some((port) => port.dev === dev)) finish('port-gone');
      });
    }
    const starting = Promise.all(captures.map(({ ready }, at) => mustStart(ready, watches[at]?.dev ?? '')));
    await Promise.race([starting, finished]);
    const start = now();
    isStarted = true;
    onStart();
    timers.push(setTimeout(() => finish('time'), maxSeconds * 1000));
    const ended = await finished;
    const seconds = Math.round((now() - start) / 100) / 10;
    await new Promise((resolve) => timers.push(setTimeout(resolve, SETTLE_MS)));
    for (const dev of store.flooded()) gaps.push({ dev, reason: 'too many frames' });
    return { seen: store.all(), ended, seconds, gaps };
  } finally {
    isOver = true;
    timers.forEach(clearTimeout);
    for (const { stop } of captures) stop();
    await Promise.all(captures.map(({ ended }) => ended));
    forget();
  }
}

/** Both directions of each port and exit, each once. */
function watchesOf(ports: readonly TracedPort[]): { dev: string; direction: Direction; way: Way }[] {
  const watches = ports.flatMap(({ dev, exits }) => [
    { dev, direction: 'in', way: 'from-guest' } as const,
    { dev, direction: 'out', way: 'to-guest' } as const,
    ...exits.flatMap((exit) => {
      // What the host's own interface receives goes away from the guest; an uplink sends it.
      const [away, back] = exit.place === 'host' ? (['in', 'out'] as const) : (['out', 'in'] as const);
      const question = { dev: exit.dev, direction: away, way: 'from-guest' } as const;
      const answer = { dev: exit.dev, direction: back, way: 'to-guest' } as const;
      return exit.place === 'host' && uplinksAmong(exits).length > 0 ? [answer] : [question, answer];
    }),
  ]);
  return [...new Map(watches.map((watch) => [`${watch.direction} ${watch.dev}`, watch])).values()];
}

function isConfirmed(port: TracedPort, seen: readonly Sighting[]): boolean {
  const { code, conversations } = judge(port, seen);
  return code === 'answered' && conversations.every(({ isConfirmed: is }) => is);
}

async function mustStart(ready: Capture['ready'], dev: string): Promise<void> {
  const problem = await ready;
  if (problem !== null)
    throw new KnownError(
      `tcpdump cannot watch ${dev}: ${problem}`,
      `\`sudo tcpdump -c 1 -i ${shellQuote(dev)}\` shows the same error.`,
    );
}
