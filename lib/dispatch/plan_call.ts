import { join } from 'node:path';
import type { ConfProblem } from '../model/conf/conf_problem';
import type { DispatchConf, ScriptConf } from '../model/conf/dispatch_conf';
import { dispatchVerdict } from '../model/conf/dispatch_verdict';
import type { HostIo } from '../model/io';
import type { HookCall } from '../model/libvirt/hook_call';
import type { Phase } from '../model/libvirt/phases';
import type { Skip } from './describe_skip';
import { listScripts, type Script } from './list_scripts';
import { logName } from './log_name';
import { routesNothing } from './routes_nothing';

/** A script of a call, and whether and how it is run. Whether root may run it is checked when it is run. */
export interface PlannedScript {
  readonly script: Script;
  /** What dispatch.conf says about it, with its time limits. */
  readonly conf: ScriptConf;
  /** Why it is skipped; null: it is not. */
  readonly skip: Skip | null;
  /** Why it fails without being run; null: it does not. */
  readonly refusal: string | null;
  /** The problem of dispatch.conf that causes the refusal. */
  readonly problem: ConfProblem | null;
  /** `on-failure`. The section of a refused script is invalid, so the phase decides. */
  readonly onFailure: ScriptConf['onFailure'];
  /** Its arguments as a process of its own. */
  readonly args: readonly string[];
  readonly confFile: string;
  readonly log: string;
}

/** A call of libvirt to a hook in a hooks root. */
export interface PlannedCall {
  readonly root: string;
  readonly call: HookCall;
  /** The object in bytes. */
  readonly object: Buffer;
}

/** The scripts of a call in their order, also those that are skipped. It runs nothing. */
export function planCall(
  { root, call, object }: PlannedCall,
  conf: DispatchConf,
  io: Pick<HostIo, 'readText'>,
): PlannedScript[] {
  const all = listScripts(root, call);
  const idle = new Set(all.filter((script) => routesNothing(script, root, io)));
  // It is as if these were not installed: no other script's log has a longer name because of them.
  const scripts = all.filter((script) => !idle.has(script));
  const first = call.driver === 'daemon' ? call.operation : call.object;
  return all.map((script) => {
    const scriptConf = conf.forScript(script.stem);
    const confFile = join(root, 'conf', `${script.stem}.conf`);
    const asLibvirt = (scriptConf.args ?? (script.layout === 'guest' ? 'libvirt' : 'kvmvlan')) === 'libvirt';
    const verdict = whetherToRun(script, idle.has(script), scriptConf, call);
    return {
      script,
      conf: scriptConf,
      ...verdict,
      onFailure: verdict.refusal === null ? scriptConf.onFailure : 'phase',
      args: asLibvirt ? [call.object, call.operation, call.suboperation, call.extra] : [first, confFile],
      confFile,
      log: join(root, 'logs', logName(call, object, script, scripts)),
    };
  });
}

function whetherToRun(
  script: Script,
  isIdle: boolean,
  conf: ScriptConf,
  call: HookCall,
): Pick<PlannedScript, 'skip' | 'refusal' | 'problem'> {
  const runs = { skip: null, refusal: null, problem: null };
  if (isIdle) return { ...runs, skip: { code: 'routes-nothing' } };
  if (script.skip !== null) return { ...runs, skip: script.skip };
  const verdict = dispatchVerdict(conf, call);
  if ('skip' in verdict) return { ...runs, skip: { code: verdict.skip } };
  return 'refusal' in verdict
    ? { ...runs, refusal: verdict.refusal, problem: conf.problems[0] ?? null }
    : runs;
}

/**
 * Why a script is skipped when its turn comes; null: it is not. A refused script fails also after a failure.
 *
 * @param stopped why the rest of the call is skipped; null: it is not
 */
export function skipInTurn({ skip, refusal }: PlannedScript, stopped: Skip | null): Skip | null {
  return refusal === null ? (skip ?? stopped) : null;
}

/** Why the scripts after a failed one are skipped; null: they are run. */
export function skipAfter({ script, onFailure }: PlannedScript, phase: Phase): Skip | null {
  return phase.stopsAtFailure && onFailure !== 'report'
    ? { code: 'after-failure', script: script.name }
    : null;
}
