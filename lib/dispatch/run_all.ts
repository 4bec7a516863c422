import { formatConfProblem } from '../model/conf/conf_problem';
import type { DispatchConf } from '../model/conf/dispatch_conf';
import { parseDomain } from '../model/guest/parse_domain';
import { describeKnown, KnownError } from '../model/known_error';
import { monotonic } from '../system/process/monotonic';
import { readConfText } from '../system/files/read_conf_text';
import { readText } from '../system/files/read_text';
import { makeScratchFile, type ScratchFile } from '../system/files/scratch_file';
import type { Invocation } from './invocation';
import type { CallReport } from './call_report';
import { describeFailure } from './describe_failure';
import { describeSkip, type Skip } from './describe_skip';
import { isFatal } from './exit_status';
import { guestPlace } from './guest_place';
import type { Outcome } from './outcome';
import { startPhaseTime } from './phase_time';
import { planCall, skipAfter, skipInTurn, type PlannedScript } from './plan_call';
import type { Phase } from '../model/libvirt/phases';
import { runOne } from './run_one';
import type { CallContext } from './script_job';
import { callEnv, domainEnv, type Env } from './script_env';
import { whyNotXml } from './why_not_xml';

export interface Ran {
  readonly outcomes: readonly Outcome[];
  /** In filter phases the XML after all scripts; null: unchanged. */
  readonly xml: Buffer | null;
}

/**
 * Runs the scripts of a call, one after the other.
 *
 * @param input what libvirt wrote to the hook
 */
export async function runAll(invocation: Invocation, conf: DispatchConf, input: Buffer): Promise<Ran> {
  const { call, phase, root, file, signal, report } = invocation;
  const plans = planCall(invocation, conf, { readText }).filter(
    ({ skip }) => skip?.code !== 'routes-nothing',
  );
  if (plans.length > 0 && input.length === 0 && phase.input === 'domain') withoutXml(phase, report);
  const outcomes: Outcome[] = [];
  let env: Env | null = null;
  const getEnv = (): Env =>
    (env ??= {
      ...callEnv(call, root),
      ...(phase.input === 'domain' ? readDomainEnv(input, invocation) : {}),
    });
  let xml = input;
  const inputs = shareInputs();
  let stopped: Skip | null = null;
  const told = new Set(plans.map(({ problem }) => problem));
  for (const problem of conf.problems) if (!told.has(problem)) report.trouble(formatConfProblem(problem));

  const isToRun = ({ skip, refusal }: PlannedScript): boolean => skip === null && refusal === null;
  const time = startPhaseTime(plans.filter(isToRun).map(({ conf: one }) => one));
  for (const planned of plans) {
    const { script, conf: scriptConf, refusal, log } = planned;
    const skip = skipInTurn(planned, whyEnded(signal) ?? stopped);
    const outcome: Outcome = {
      script,
      result: 'skipped',
      reason: skip === null ? null : describeSkip(skip),
      status: null,
      ms: 0,
      log: null,
      isFatal: isFatal(phase, planned.onFailure),
    };
    if (skip !== null) {
      report.outcome(outcome);
      continue;
    }
    if (refusal !== null) {
      const refused: Outcome = { ...outcome, result: 'failed', reason: refusal };
      outcomes.push(refused);
      report.outcome(refused);
      stopped = skipAfter(planned, phase) ?? stopped;
      continue;
    }
    const limited = time.limit(scriptConf);
    if (limited === null) {
      const reason = `not run: ${outOfTime(time.seconds)}`;
      const late: Outcome = { ...outcome, result: 'failed', reason, isTimedOut: true };
      outcomes.push(late);
      report.outcome(late);
      stopped = skipAfter(planned, phase) ?? stopped;
      continue;
    }
    const current = xml;
    const context: CallContext = {
      call,
      root,
      file,
      isFilter: phase.isFilter,
      input: current,
      inputFile: () => inputs.fileOf(current),
      env: getEnv,
      signal,
    };
    const began = monotonic();
    const run = await runOne(planned, limited, context);
    // libvirt also reads output that is only white space as "unchanged" (virStringIsEmpty).
    const isChanged = phase.isFilter && run.failure === null && !/^\s*$/.test(run.output.toString('latin1'));
    const failure =
      run.failure === null ? (isChanged ? whyNotXml(run.output) : null) : describeFailure(run.failure);
    if (isChanged && failure === null) xml = run.output;
    const isCut = failure !== null && limited.timeout < scriptConf.timeout && time.limit(scriptConf) === null;
    const done: Outcome = {
      ...outcome,
      result: failure === null ? 'ok' : 'failed',
      reason:
        [failure, isCut ? outOfTime(time.seconds) : null, run.note]
          .filter((text) => text !== null)
          .join('; ') || null,
      status: run.status,
      ms: monotonic() - began,
      log,
      failures: run.failures ?? [],
      isTimedOut: run.failure?.isTimeout === true,
      changes: run.changes ?? [],
    };
    outcomes.push(done);
    report.outcome(done);
    if (failure !== null) stopped = skipAfter(planned, phase) ?? stopped;
  }
  inputs.close();
  return { outcomes, xml: phase.isFilter && !xml.equals(input) ? xml : null };
}

/**
 * libvirt always passes a guest's XML. In phases that can be aborted, no script runs without it: scripts would find no
 * interface and change nothing. In other phases scripts may have to clean up, and a running guest must not be killed.
 */
function withoutXml({ onFailure }: Phase, report: CallReport): void {
  const error = new KnownError(
    "the guest's XML is not on standard input, which is empty, closed or a terminal",
    'To call the hook manually, put `virsh dumpxml GUEST |` before the command.',
  );
  if (onFailure === 'abort') throw error;
  report.trouble(describeKnown(error));
}

function outOfTime(seconds: number): string {
  return `the time limit for all scripts of a call is ${seconds} s (phase-timeout in dispatch.conf)`;
}

function whyEnded({ aborted }: AbortSignal): Skip | null {
  return aborted ? { code: 'hook-ended' } : null;
}

/** Makes the file of an input, and reuses it while the input stays the same. */
function shareInputs(): { fileOf(data: Buffer): ScratchFile | null; close(): void } {
  let current: { data: Buffer; file: ScratchFile | null } | null = null;
  const close = (): void => current?.file?.close();
  return {
    fileOf(data) {
      if (current?.data !== data) {
        close();
        current = { data, file: makeScratchFile(data) };
      }
      return current.file;
    },
    close,
  };
}

function readDomainEnv(xml: Buffer, { call, root, report }: Invocation): Env {
  try {
    const domain = parseDomain(xml.toString('utf8'));
    const io = {
      readText: (path: string, kind?: 'conf') => (kind === 'conf' ? readConfText(path) : readText(path)),
      isRoot: process.geteuid?.() === 0,
    };
    const place = guestPlace(call, domain, root, io);
    if (place.problem !== null)
      report.trouble(`scripts get no variables about routed interfaces: ${place.problem}`);
    return domainEnv(domain, place);
  } catch (error) {
    // The XML is malformed or empty: the scripts run without the variables.
    if (error instanceof KnownError) return {};
    throw error;
  }
}
