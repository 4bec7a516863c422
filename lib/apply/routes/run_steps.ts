import { whyFailed } from '../../model/describe_end';
import type { Exec } from '../../model/io';
import type { RouteStep } from '../../plan/routes/route_step';
import { runBatch, toolError } from '../../system/iproute2/run_batch';

/**
 * Writes values into files, given as `<value> <file>…`, and prints a character for each. sysctl(8) would read a dot in an
 * interface's name as a slash, and is not installed everywhere.
 */
const SET_FILES = 'while [ $# -gt 0 ]; do printf "%s\\n" "$1" >"$2" || exit; printf .; shift 2; done';

/** A step that failed. Later steps of its tap were not run. */
export interface RouteFailure {
  readonly step: RouteStep;
  /** The error of the tool or the kernel. */
  readonly why: string;
}

/**
 * Runs steps in order, with as few processes as possible. If one fails, those of other taps are still run.
 *
 * @param ran gets the steps that were run, those that failed too
 */
export async function runRouteSteps(
  exec: Exec,
  steps: readonly RouteStep[],
  ran: RouteStep[],
): Promise<RouteFailure[]> {
  const failures: RouteFailure[] = [];
  let rest = [...steps];
  for (let first = rest[0]; first !== undefined; first = rest[0]) {
    const { count, why } = await runSome(exec, first, rest);
    const done = rest.slice(0, count);
    ran.push(...done);
    rest = rest.slice(count);
    const failed = done.at(-1);
    if (why === null || failed === undefined) continue;
    failures.push({ step: failed, why });
    // What is withdrawn does not depend on anything.
    rest = rest.filter(({ dev, purpose }) => dev === null || dev !== failed.dev || purpose === 'withdraw');
  }
  return failures;
}

/** Runs the first step, and those after it that the same process can do. */
async function runSome(
  exec: Exec,
  first: RouteStep,
  rest: readonly RouteStep[],
): Promise<{ count: number; why: string | null }> {
  const { action } = first;
  switch (action.tool) {
    case 'ip': {
      if (hasOption(first)) {
        const result = await exec('ip', action.args);
        return { count: 1, why: result.ok ? null : toolError(result) };
      }
      const batch = upTo(rest, (step) => step.action.tool !== 'ip' || hasOption(step)).flatMap(
        ({ action }) => (action.tool === 'ip' ? [action.args] : []),
      );
      const { result, ran: count } = await runBatch(exec, 'ip', batch);
      return { count, why: result.ok ? null : toolError(result) };
    }
    case 'nft': {
      const result = await exec('nft', ['-f', '-'], { input: action.ruleset });
      return { count: 1, why: result.ok ? null : whyFailed(result) };
    }
    case 'sysctl': {
      const pairs = upTo(rest, ({ action }) => action.tool !== 'sysctl').flatMap(({ action }) =>
        action.tool === 'sysctl' ? [action.value, action.file] : [],
      );
      const result = await exec('sh', ['-c', SET_FILES, 'sh', ...pairs]);
      const all = pairs.length / 2;
      return result.ok
        ? { count: all, why: null }
        : { count: Math.min(result.stdout.length + 1, all), why: whyFailed(result) };
    }
  }
}

function upTo(steps: readonly RouteStep[], isEnd: (step: RouteStep) => boolean): readonly RouteStep[] {
  const end = steps.findIndex(isEnd);
  return end < 0 ? steps : steps.slice(0, end);
}

/** Lines of a batch have no options. A rule needs one: without `-6`, `ip` makes a rule of IPv4 even for `from ::/0`. */
function hasOption({ action }: RouteStep): boolean {
  return action.tool === 'ip' && action.args[0]?.startsWith('-') === true;
}
