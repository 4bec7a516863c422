import { exitStatus, DELIBERATE_ABORT, faultStatus, isFatal } from '../../../lib/dispatch/exit_status';
import type { Outcome } from '../../../lib/dispatch/outcome';
import { phaseOf } from '../../../lib/model/libvirt/phases';
import { readCall } from '../../../lib/model/libvirt/read_call';
import { CONTRACT, type Row } from '../model/libvirt/contract';

const rows = CONTRACT.map((row): [string, Row] => [
  `${row.driver} ${row.operation} ${row.suboperation}`,
  row,
]);
const phaseFor = ({ driver, operation, suboperation, extra }: Row) =>
  phaseOf(readCall(driver, ['VM1', operation, suboperation, extra[0] ?? '-']));

/** What a script did, under the given `on-failure`. */
function outcome(
  row: Row,
  onFailure: 'phase' | 'abort' | 'report',
  result: Outcome['result'] = 'failed',
): Outcome {
  const script = { name: 's', path: '/s', stem: 's', layout: 'phase', skip: null } as const;
  const isFatalHere = isFatal(phaseFor(row), onFailure);
  return { script, result, reason: null, status: 1, ms: 0, log: null, isFatal: isFatalHere };
}

describe.each(rows)('%s', (_, row) => {
  test('ends in 0 where no script failed', () => {
    const phase = phaseFor(row);
    expect(exitStatus(phase, [])).toBe(0);
    expect(exitStatus(phase, [outcome(row, 'abort', 'ok'), outcome(row, 'abort', 'skipped')])).toBe(0);
  });

  test('ends in 0 where what failed is only to be reported', () => {
    expect(exitStatus(phaseFor(row), [outcome(row, 'report')])).toBe(0);
  });

  test('a failure counts as is right for the phase', () => {
    const statuses = { aborts: 1, ignored: 1, 'too late': 1, kills: 0 };
    expect(exitStatus(phaseFor(row), [outcome(row, 'phase'), outcome(row, 'phase', 'ok')])).toBe(
      statuses[row.nonZero],
    );
  });

  test('with on-failure = abort the hook fails, except in reconnect', () => {
    const killing = row.operation === 'reconnect' ? 0 : DELIBERATE_ABORT;
    expect(exitStatus(phaseFor(row), [outcome(row, 'abort')])).toBe(row.nonZero === 'kills' ? killing : 1);
  });

  test("a fault of the dispatcher's own never kills what runs", () => {
    expect(faultStatus(phaseFor(row))).toBe(row.nonZero === 'kills' ? 0 : 1);
  });
});
