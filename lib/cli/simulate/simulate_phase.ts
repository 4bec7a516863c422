import { formatConfProblem } from '../../model/conf/conf_problem';
import { parseDomain } from '../../model/guest/parse_domain';
import { describeSkip, type Skip } from '../../dispatch/describe_skip';
import { loadDispatchConf } from '../../dispatch/load_dispatch_conf';
import { guestPlace } from '../../dispatch/guest_place';
import { skipAfter, skipInTurn } from '../../dispatch/plan_call';
import { DELIBERATE_ABORT, exitStatus, isFatal } from '../../dispatch/exit_status';
import type { Outcome } from '../../dispatch/outcome';
import type { HostIo, Log } from '../../model/io';
import type { HookCall } from '../../model/libvirt/hook_call';
import { phaseOf } from '../../model/libvirt/phases';
import { callEnv, domainEnv } from '../../dispatch/script_env';
import { PLUGINS } from '../../plugins/registry';
import { runPlugin } from '../../plugins/run_plugin';
import { describeUnsafe } from '../../system/files/describe_unsafe';
import type { SimulatedScript, Simulation } from './simulation';
import { callScripts, type CallScript } from '../call_scripts';

/** The input of a simulation. */
export interface SimulationInput {
  readonly root: string;
  readonly call: HookCall;
  /** What libvirt would write to the hook's standard input; empty: nothing. */
  readonly xml: string;
  readonly version: string;
  readonly io: HostIo;
}

/**
 * Runs a phase as the dispatcher would, without changes: scripts of kvmvlan in dry run; all others are not run and
 * count as successful.
 */
export async function simulatePhase({ root, call, xml, version, io }: SimulationInput): Promise<Simulation> {
  const phase = phaseOf(call);
  const notes: string[] = [];
  const conf = loadDispatchConf(root);
  notes.push(...conf.problems.map(formatConfProblem));
  const domain = phase.input === 'domain' ? parseDomain(xml) : null;
  const place = domain === null ? null : guestPlace(call, domain, root, io);
  if (place !== null && place.problem !== null) notes.push(place.problem);
  const ofGuest = domain === null || place === null ? {} : domainEnv(domain, place);
  const env = { ...callEnv(call, root), ...ofGuest };
  const scripts: SimulatedScript[] = [];
  const outcomes: Outcome[] = [];
  let stopped: Skip | null = null;
  for (const planned of callScripts(root, call, conf, io)) {
    const { script, unsafe, args, log, confFile } = planned;
    const skip = skipInTurn(planned, stopped);
    const why = planned.refusal ?? (unsafe === null ? null : describeUnsafe(unsafe));
    const refusal = skip === null ? why : null;
    const done = skip === null && refusal === null ? await dryRun(planned, { call, xml, version, io }) : null;
    scripts.push({
      path: script.path,
      skip: skip === null ? null : describeSkip(skip),
      refusal,
      args,
      env: { ...env, LIBVIRT_HOOK_CONF: confFile, LIBVIRT_HOOK_LOG: log },
      log,
      said: done?.said ?? null,
      exit: done?.exit ?? null,
    });
    if (done === null && refusal === null) continue;
    const result = done?.exit === 0 ? 'ok' : 'failed';
    outcomes.push({
      script,
      result,
      reason: refusal,
      status: done?.exit ?? null,
      ms: 0,
      log,
      isFatal: isFatal(phase, planned.onFailure),
    });
    if (result === 'failed') stopped = skipAfter(planned, phase) ?? stopped;
  }
  const status = exitStatus(phase, outcomes);
  const { driver, object, operation, suboperation, extra } = call;
  return {
    call: [driver, object, operation, suboperation, extra],
    scripts,
    libvirt: phase.libvirt,
    // The sh header turns this status into 1.
    status: status === DELIBERATE_ABORT ? 1 : status,
    notes,
  };
}

/** Runs a plugin in dry run; null: it is not a plugin of this version. */
async function dryRun(
  { script, version: ofScript, confFile }: CallScript,
  { call, xml, version, io }: Omit<SimulationInput, 'root'>,
): Promise<{ said: string[]; exit: number } | null> {
  const plugin = Object.hasOwn(PLUGINS, script.name) ? PLUGINS[script.name] : undefined;
  if (plugin === undefined || ofScript !== version) return null;
  const said: string[] = [];
  const put =
    (level: string) =>
    (line: string): void =>
      void said.push(`${level}${line}`);
  const log: Log = { info: put(''), warning: put('warning: '), error: put('error: ') };
  const pluginCall = { object: call.object, hook: call, conf: confFile, all: false, dryRun: true };
  const outcome = await runPlugin(plugin, pluginCall, { ...io, log, readInput: () => xml });
  if (outcome.status !== 0) log.error(outcome.summary);
  return { said, exit: outcome.status };
}
