import type { Kernel } from '../kernel';
import { succeed } from '../succeed';
import { callHook, statusScript, WEB } from './guest';
import { doOn, moveScript, PLUGIN, plugTap, unplugTap, type Host } from './lab';
import type { Recorded } from './recorded';

export interface Replayer {
  /** Whether `guest_routes --all` runs on a host after each change of its status file, and has to succeed. */
  readonly all?: boolean;
  /** Shortly before the guest stops on the source. */
  readonly onStop?: () => Promise<void>;
}

/** Longer pauses, in which memory was copied, are not repeated. */
const LONGEST_PAUSE_SECONDS = 1;

/**
 * Has two hosts live through a recorded migration: taps come and go, the guest runs where it ran, hooks are called and
 * have to succeed, and status files are written in the same order. What happens between two hooks is one script, so that
 * its pauses are those of the record.
 *
 * @param source where the guest runs now
 */
export async function replay(
  kernel: Kernel,
  events: readonly Recorded[],
  source: Host,
  { all = false, onStop }: Replayer,
): Promise<void> {
  let runsOn: Host | null = source;
  let script: string[] = [];
  let last: number | null = null;
  let stops = false;
  const runScript = async (): Promise<void> => {
    if (stops) await onStop?.();
    await succeed(kernel, script.join('\n'));
    script = [];
    last = null;
    stops = false;
  };
  for (const event of events) {
    const { host, seconds } = event;
    if ('hook' in event) {
      await runScript();
      if (event.hook === 'start begin') await plugTap(kernel, host);
      if (event.hook === 'stopped end') await unplugTap(kernel, host);
      const { status, stderr } = await callHook(kernel, host, WEB, event.hook);
      if (status !== 0) throw new Error(`${host}: ${event.hook}: status ${status}: ${stderr}`);
      continue;
    }
    if (last !== null) script.push(`sleep ${Math.min(seconds - last, LONGEST_PAUSE_SECONDS).toFixed(2)}`);
    last = seconds;
    const isRunning = event.status?.attributes.includes("state='running'") ?? false;
    if (runsOn === host && !isRunning) {
      stops = true;
      script.push(moveScript(host, false));
      runsOn = null;
    } else if (runsOn === null && isRunning) {
      script.push(moveScript(host, true));
      runsOn = host;
    }
    script.push(statusScript(host, WEB, event.status));
    if (all) script.push(`/run/lab/on ${host} ${PLUGIN} --all >&2`);
  }
  await runScript();
}

/** Starts `guest_routes --follow` on a host, as kvmvlan-routes.path does at the first change of a status file. */
export async function startFollower(kernel: Kernel, host: Host): Promise<void> {
  await doOn(kernel, host, `${PLUGIN} --follow >/run/kvmvlan/follow.log 2>&1 </dev/null &`);
}
