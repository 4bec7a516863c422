import type { Moved } from '../../apply/network/run_move';
import type { Pending } from '../../apply/rollback/pending';
import type { CliContext } from '../command';
import { logOf, resultOf, unitOf } from './move_service';
import type { Outcome } from './proposal_json';

const STEP_MS = 300;

/** How many times the service may be found ended without a result: it writes that as its last act. */
const MAX_ENDED = 3;

/** Shows what the service does until it has ended. If this process ends first, the service goes on. */
export async function followMove({ id, until }: Pending, { io, stderr }: CliContext): Promise<Outcome> {
  let shown = 0;
  for (let ended = 0; ;) {
    const text = io.readText(logOf(id)) ?? '';
    const lines = text.slice(0, text.lastIndexOf('\n') + 1);
    if (lines.length > shown) stderr(lines.slice(shown));
    shown = Math.max(shown, lines.length);
    const result = io.readText(resultOf(id));
    if (result !== null) {
      const { status, problems } = JSON.parse(result) as Moved;
      return { status, problems, until: status === 'works' ? until : null };
    }
    const { stdout } = await io.exec('systemctl', ['is-active', unitOf(id)]);
    if (!/^(active|activating)/.test(stdout)) ended++;
    if (ended >= MAX_ENDED)
      return {
        status: 'unknown',
        problems: [
          {
            level: 'error',
            code: 'bridge-not-kept',
            message: 'the service that makes the change has ended without a result.',
            hint: `It is rolled back at ${new Date(until).toLocaleTimeString('en-GB')}, or now by \`kvmvlan undo\`. ${logOf(id)} has what it printed.`,
          },
        ],
        until,
      };
    await io.sleep(STEP_MS);
  }
}
