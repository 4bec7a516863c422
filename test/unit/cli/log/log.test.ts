import { join } from 'node:path';
import { log } from '../../../../lib/cli/log/log';
import { expectGolden } from '../../golden';
import { runCommand } from '../run_command';

const LOG = '/etc/libvirt/hooks/logs/dispatch.log';
const golden = (name: string): string => join(__dirname, 'golden', name);

function line(
  at: string | null,
  call: string,
  script: string | null,
  outcome: string,
  reason: string | null,
): string {
  const time = at === null ? null : `2026-11-21T${at}.000Z`;
  return `${JSON.stringify({ time, call: call.split(' '), script, outcome, reason, status: 0, ms: 12, log: null })}\n`;
}

const older = [
  line('10:00:00', 'qemu VM1 start begin -', 'vlan_filtering', 'failed', 'exit 1: no bridge'),
  line('10:00:01', 'qemu VM2 start begin -', 'vlan_filtering', 'ok', null),
];
const newer = [
  line('10:00:02', 'qemu VM1 start begin -', 'vlan_filtering', 'ok', null),
  'half a li\n',
  '{"time":null}\n',
  line('10:00:03', 'daemon - start - start', 'bridge_init', 'skipped', 'masked: empty'),
  line(null, 'qemu VM2 reconnect begin -', null, 'trouble', 'node was not found'),
];
const files = { [`${LOG}.1`]: older.join(''), [LOG]: newer.join('') };

beforeAll(() => (process.env.TZ = 'UTC'));

describe('kvmvlan log', () => {
  test('the last outcome per phase and script, newest first, the log put aside included', async () => {
    const ran = await runCommand(log, {}, { files });
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expectGolden(golden('log.txt'), ran.stdout);
  });

  test('of one guest, as JSON', async () => {
    const ran = await runCommand(log, { guest: 'VM2', json: true }, { files });
    const { outcomes } = JSON.parse(ran.stdout) as { outcomes: object[] };
    expect(outcomes).toMatchObject([
      { call: ['qemu', 'VM2', 'reconnect', 'begin', '-'], outcome: 'trouble' },
      { call: ['qemu', 'VM2', 'start', 'begin', '-'], outcome: 'ok', time: '2026-11-21T10:00:01.000Z' },
    ]);
  });

  test('all files that were put aside are read, oldest first; one may be missing, or end in half a line', async () => {
    const of = (at: string, guest: string): string =>
      line(at, `qemu ${guest} start begin -`, 'vlan_filtering', 'ok', null);
    const aside = {
      [`${LOG}.4`]: `${of('08:00:00', 'VM1')}${of('08:00:01', 'VM4')}{"time":"20`,
      [`${LOG}.3`]: of('09:00:00', 'VM3'),
      [`${LOG}.1`]: of('11:00:00', 'VM1'),
      [LOG]: of('12:00:00', 'VM0'),
    };
    const ran = await runCommand(log, { json: true }, { files: aside });
    const { outcomes } = JSON.parse(ran.stdout) as { outcomes: { call: string[]; time: string }[] };
    expect(outcomes.map(({ call, time }) => `${call[1]} ${time.slice(11, 16)}`)).toEqual([
      'VM0 12:00',
      'VM1 11:00',
      'VM3 09:00',
      'VM4 08:00',
    ]);
  });

  test('nothing yet', async () => {
    const ran = await runCommand(log, { guest: 'VM9' });
    expect(ran).toEqual({
      status: 0,
      stdout: '',
      stderr: `kvmvlan: ${LOG} has no entries for VM9 yet: no script has been run or skipped.\n`,
    });
  });

  test('without root it says what it lacks', async () => {
    const ran = await runCommand(log, {}, { files: { [`${LOG}.1`]: null }, isRoot: false });
    expect(ran.stderr).toContain('Only root may read the logs. Run the command with sudo.');
  });
});
