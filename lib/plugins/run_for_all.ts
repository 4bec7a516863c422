import { dirname, join } from 'node:path';
import { scopeOfAll, type ScopeOfAll } from '../model/conf/scope_of_all';
import type { HostIo } from '../model/io';
import { Exit } from '../model/known_error';
import { followReconnect } from './follow_reconnect';
import { holdLog } from './hold_log';
import { addRound, isNews } from './add_round';
import type { PluginCall, PluginOutcome } from './plugin';
import { stoppedByConf } from './problems';
import { STATUS_FOLDER } from '../system/libvirt/read_guests';
import { runPlugin } from './run_plugin';

/** Sets the ports of all guests that dispatch.conf allows, once. */
export type LookAtAll = (isMeant: (guest: string) => boolean, io: HostIo) => Promise<PluginOutcome>;

/** Milliseconds between comparisons of the status files, and at least between two rounds. */
const PAUSE_MS = 250;
/** By hand and in a hook, where a user or libvirt waits. */
const MAX_ROUNDS = 5;
/** The process ends after this time even if a guest keeps changing; systemd then starts the follow-up. */
const MAX_MS = 60_000;

/**
 * Runs `look` for all guests, and again while their status files change: neither systemd nor libvirt reports again that
 * an interface was plugged in meanwhile.
 */
export async function runForAll(call: PluginCall, io: HostIo, look: LookAtAll): Promise<PluginOutcome> {
  const began = io.now();
  const stamp = (): string => io.folderStamp(STATUS_FOLDER, '.xml');
  let count = 0;
  let previous: PluginOutcome | undefined;
  let all: PluginOutcome | undefined;
  const isChangedSince = async (seen: string): Promise<boolean> => {
    if (call.settle === undefined) return count < MAX_ROUNDS && stamp() !== seen;
    const until = io.now() + call.settle * 1000;
    while (io.now() < until) {
      await io.sleep(Math.min(PAUSE_MS, until - io.now()));
      if (stamp() !== seen) return io.now() - began < MAX_MS;
    }
    return false;
  };
  for (;;) {
    const seen = stamp();
    const held = previous === undefined ? null : holdLog(io.log);
    const round = await lookOnce(call, held === null ? io : { ...io, log: held.log }, look);
    // A guest that keeps changing must not fill the journal with the same lines.
    const isTold = previous === undefined || isNews(previous, round);
    if (isTold) held?.release();
    count++;
    previous = round;
    // One report for all rounds: there may be hundreds of them, each with hundreds of ports.
    all = all === undefined ? round : addRound(all, round);
    if (!(await isChangedSince(seen))) break;
    // The summary of the last round is in the outcome.
    if (isTold && round.status !== Exit.done) io.log.warning(round.summary);
  }
  await followReconnect(call, io);
  return all;
}

/** What dispatch.conf says about a run of a plugin for all guests. */
export function readScope(call: PluginCall, io: HostIo, name: string): ScopeOfAll {
  const file = join(call.confFolder ?? dirname(call.conf), 'dispatch.conf');
  return scopeOfAll(io.readText(file, 'conf'), file, name);
}

/** One round. An error is its outcome, so that later changes still start another round. */
function lookOnce(call: PluginCall, io: HostIo, look: LookAtAll): Promise<PluginOutcome> {
  return runPlugin(
    () => {
      const scope = readScope(call, io, 'vlan_filtering');
      if (scope.isRun) return look(scope.isMeant, io);
      const { problem, why } = scope;
      const status = problem !== null ? Exit.usage : Exit.done;
      const summary = problem !== null ? `no port was set: ${why}` : `nothing to do: ${why}`;
      if (problem === null) io.log.info(summary);
      const problems = problem === null ? [] : [stoppedByConf(problem, why)];
      return Promise.resolve({ status, summary, report: { status, joins: [], ports: [], problems, ms: 0 } });
    },
    call,
    io,
  );
}
