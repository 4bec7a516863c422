import type { Sighting } from '../../../../lib/cli/trace_dhcp/sightings';
import type { TraceWorld } from '../../../../lib/cli/trace_dhcp/watch_ports';
import type { CaptureDhcp } from '../../../../lib/system/tcpdump/capture_dhcp';

export interface FakeCaptures {
  readonly world: TraceWorld;
  /** What is captured now: `vnet0 in`. */
  readonly running: Set<string>;
  /** Ends the trace as Ctrl-C does. */
  readonly interrupt: () => void;
  /** Lets a frame pass an interface: an uplink if its name begins with `eth` or `vxlan`. */
  readonly pass: (seen: Sighting) => void;
  /** Ends a capture: `vnet0 in`. */
  readonly end: (capture: string, reason: string) => void;
}

/** Captures that see what a test lets pass. @param failing the capture that does not start, and why */
export function fakeCaptures(failing: Readonly<Record<string, string>> = {}): FakeCaptures {
  const running = new Set<string>();
  const listeners = new Map<string, Parameters<CaptureDhcp>[2]>();
  const ends = new Map<string, (reason: string) => void>();
  let interrupt = (): void => undefined;
  const captureDhcp: CaptureDhcp = (device, direction, onFrame) => {
    const name = `${device} ${direction}`;
    const problem = failing[name] ?? null;
    running.add(name);
    listeners.set(name, onFrame);
    const ended = new Promise<string>((resolve) => ends.set(name, resolve));
    void ended.then(() => running.delete(name));
    const stop = (): void => ends.get(name)?.('stopped');
    if (problem !== null) ends.get(name)?.(problem);
    return { ready: Promise.resolve(problem), ended, stop };
  };
  return {
    running,
    world: {
      captureDhcp,
      onInterrupt: (handler) => {
        interrupt = handler;
        return () => (interrupt = () => undefined);
      },
      now: () => performance.now(),
    },
    interrupt: () => interrupt(),
    pass: ({ dev, way, frame, count, lastAt }) => {
      const direction = (way === 'from-guest') === /^(eth|vxlan)/.test(dev) ? 'out' : 'in';
      for (let time = 0; time < count; time++) listeners.get(`${dev} ${direction}`)?.(frame, lastAt);
    },
    end: (capture, reason) => ends.get(capture)?.(reason),
  };
}
