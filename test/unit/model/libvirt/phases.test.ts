import { isFatal } from '../../../../lib/dispatch/exit_status';
import { DRIVER_NAMES, PHASES, phaseName, phaseOf } from '../../../../lib/model/libvirt/phases';
import { readCall } from '../../../../lib/model/libvirt/read_call';
import { CONTRACT, type Row } from './contract';

const rows = CONTRACT.map((row): [string, Row] => [
  `${row.driver} ${row.operation} ${row.suboperation}`,
  row,
]);
const phaseFor = ({ driver, operation, suboperation, extra }: Row) =>
  phaseOf(readCall(driver, ['VM1', operation, suboperation, extra[0] ?? '-']));

test("the phases are the calls of libvirt's contract, no more and no fewer", () => {
  const names = (list: readonly { driver: string; operation: string; suboperation: string }[]) =>
    list.map(({ driver, operation, suboperation }) => `${driver} ${operation} ${suboperation}`).sort();
  expect(names(PHASES)).toEqual(names(CONTRACT));
  expect([...DRIVER_NAMES].sort()).toEqual(['daemon', 'libxl', 'lxc', 'network', 'qemu']);
});

describe.each(rows)('%s', (_, row) => {
  test('is read, with every last argument that libvirt gives', () => {
    for (const extra of row.extra) {
      const call = readCall(row.driver, ['VM1', row.operation, row.suboperation, extra]);
      expect(phaseOf(call)).toMatchObject({ input: row.stdin, isFilter: row.isFilter === true });
    }
  });

  test('has its folder', () => {
    const { driver, operation, suboperation } = row;
    const folder = driver === 'daemon' ? `daemon_${operation}` : `${driver}_${operation}_${suboperation}`;
    expect(phaseName({ ...row, object: 'VM1', extra: '-' })).toBe(folder);
  });

  test('stops at the first failure only where a guest would start otherwise', () => {
    const isStart = row.stdin === 'domain' && ['prepare', 'start'].includes(row.operation);
    expect(phaseFor(row).stopsAtFailure).toBe(isStart);
  });
});

describe('a call that no libvirt of today makes', () => {
  test.each([
    ['qemu', 'resume', 'begin', 'report'],
    ['qemu', 'start', 'end', 'report'],
    ['qemu', 'reconnect', 'end', 'never'],
    ['network', 'plug', 'begin', 'report'],
    ['daemon', 'pause', '-', 'report'],
  ])('%s %s %s ends in 0 unless conf says otherwise', (driver, operation, suboperation, onFailure) => {
    const phase = phaseOf({ driver, object: 'x', operation, suboperation, extra: '-' });
    expect(phase).toMatchObject({
      driver,
      operation,
      suboperation,
      onFailure,
      isFilter: false,
      stopsAtFailure: false,
    });
    expect(isFatal(phase, 'phase')).toBe(false);
    expect(isFatal(phase, 'abort')).toBe(onFailure === 'report');
  });

  test('of the daemon is told by its operation alone', () => {
    expect(
      phaseOf({ driver: 'daemon', object: '-', operation: 'start', suboperation: 'begin', extra: 'x' }),
    ).toMatchObject({
      onFailure: 'logged',
    });
  });
});
