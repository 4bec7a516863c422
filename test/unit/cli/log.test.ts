import { join } from 'node:path';
import { log } from '../../../lib/cli/log';
import { expectGolden } from '../golden';
import { runCommand } from './fake_context';

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
  line(null, 'qemu VM2 reconnect begin -', null, 'trouble', 'node is not there'),
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

  test('nothing yet', async () => {
    const ran = await runCommand(log, { guest: 'VM9' });
    expect(ran).toEqual({
      status: 0,
      stdout: '',
      stderr: `kvmvlan: ${LOG} holds nothing of VM9 yet: no script has run or been skipped.\n`,
    });
  });

  test('without root it says what it lacks', async () => {
    const ran = await runCommand(log, {}, { files: { [`${LOG}.1`]: null }, isRoot: false });
    expect(ran.stderr).toContain('Only root may read the logs: run it by sudo.');
  });
});
