import { Exit, type ExitCode } from '../../model/known_error';
import type { CliArgs, CliContext } from '../command';
import { isAgreed } from '../is_agreed';
import { refuseWhilePending } from '../refuse_while_pending';
import { secondsOf } from '../seconds_of';
import { diffsOf } from './diffs_of';
import { proposalJson, type Outcome } from './proposal_json';
import type { Proposal } from './proposal';
import { renderProblems, renderProposal } from './render_proposal';
import { tryProposal } from './try_proposal';

/** Less time is not enough for DHCP and a new login. */
const LEAST_SECONDS = 30;

/** Shows a proposal, asks, and tries it. Returns the exit status. */
export async function offer(proposal: Proposal, args: CliArgs, context: CliContext): Promise<ExitCode> {
  const { io, stdout, stderr } = context;
  const seconds = secondsOf(args.confirm, LEAST_SECONDS) ?? LEAST_SECONDS;
  const style = { width: context.columns, color: context.color };
  const isJson = args.json === true;
  const report = (outcome: Outcome): void => {
    if (isJson) stdout(`${JSON.stringify(proposalJson(proposal, outcome), null, 2)}\n`);
  };
  const { plan, problems } = proposal;
  const isRefused = plan === null || problems.some(({ level }) => level === 'error');
  if (args.dryRun !== true && !isRefused) refuseWhilePending(io);
  if (!isJson) {
    const text = renderProposal(proposal, isRefused ? [] : await diffsOf(proposal, io.exec), style);
    (isRefused ? stderr : stdout)(text);
  }
  if (plan === null || isRefused) {
    report({ status: 'refused', problems: [], until: null });
    return Exit.usage;
  }
  if (args.dryRun === true) {
    report({ status: 'planned', problems: [], until: null });
    return Exit.done;
  }
  if (args.yes !== true && !(await isAgreed(`Try this for ${seconds} s? [y/N] `))) {
    stdout('Nothing has been changed.\n');
    return Exit.failed;
  }
  if (!isJson)
    stdout(
      `\nIf your connection breaks, wait: it comes back, or the change is rolled back within ${seconds} s.\n`,
    );
  const outcome = await tryProposal(proposal, plan, seconds, context);
  report(outcome);
  if (outcome.problems.length > 0) stderr(`${renderProblems(outcome.problems, style)}\n`);
  if (!isJson) stdout(conclusion(proposal, outcome));
  return outcome.status === 'works' ? Exit.done : Exit.failed;
}

function conclusion({ kind, bridge, port }: Proposal, { status, until }: Outcome): string {
  const done =
    kind === 'create'
      ? `${bridge} works, with ${port} as its port.`
      : `${bridge} is removed, and ${port} works.`;
  if (status === 'works')
    return (
      `${done} Everything has moved, and all hosts that answered before answer again.\n\n` +
      `Log in once more, in another terminal, and keep it before ${new Date(until ?? 0).toLocaleTimeString('en-GB')}:\n\n` +
      '  sudo kvmvlan confirm\n\nElse it is rolled back then.\n'
    );
  return status === 'rolled-back'
    ? 'It was rolled back: the network of this host is as it was before.\n'
    : 'Run `kvmvlan undo` to roll it back.\n';
}
