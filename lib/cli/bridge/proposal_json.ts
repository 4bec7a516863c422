import type { Problem } from '../../model/problem';
import { shellCommand } from '../../text/shell_quote';
import type { Proposal } from './proposal';

/** How `bridge create` or `bridge remove` ended; see docs/json.md. */
export interface Outcome {
  readonly status: 'refused' | 'planned' | 'works' | 'rolled-back' | 'rollback-incomplete' | 'unknown';
  readonly problems: readonly Problem[];
  /** When it is rolled back unless confirmed, in milliseconds since 1970; null: not at all. */
  readonly until: number | null;
}

export function proposalJson(
  { kind, bridge, port, move, manager, mentions, plan, problems }: Proposal,
  outcome: Outcome,
): object {
  const conf = plan?.conf ?? null;
  return {
    format: 1,
    status: outcome.status,
    action: kind,
    bridge,
    port,
    vlanInterfaces: move.vlans,
    manager: manager?.name ?? null,
    configuredBy: manager?.by ?? null,
    problems: [...problems, ...outcome.problems].map(({ level, code, message, hint }) => ({
      level,
      code,
      message,
      hint,
    })),
    mentions,
    files: [
      ...(plan?.change.kept ?? []).map(({ path, was, text }) => ({ path, was, text })),
      ...(conf === null ? [] : [{ path: conf.path, was: conf.was, text: conf.text }]),
    ],
    commands: (plan?.change.start ?? []).map(({ command, args }) => shellCommand([command, ...args])),
    confirmUntil: outcome.until === null ? null : new Date(outcome.until).toISOString(),
  };
}
