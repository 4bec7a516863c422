import { cancelUndo, scheduleUndo } from '../../../../lib/cli/undo/schedule_undo';
import type { Exec } from '../../../../lib/model/io';
import { failed, succeeded } from '../../exec_results';

/** A host with these files in /run/systemd, on which these commands fail; and what is run there. */
function host(systemd: string[], failing: string[] = []) {
  const ran: string[][] = [];
  const exec: Exec = (command, args) => {
    ran.push([command, ...args]);
    return Promise.resolve(
      failing.includes(command) ? failed({ kind: 'exit', status: 1 }, `${command} is ill`) : succeeded(),
    );
  };
  const readFolder = (folder: string): string[] => (folder === '/run/systemd' ? systemd : []);
  return { ran, io: { exec, readFolder } };
}
const command = ['/usr/bin/node', '/x y/kvmvlan', 'undo', '--id', '7'];

test('where systemd has booted, a timer of its own; /run/systemd/system itself is often empty', async () => {
  const { ran, io } = host(['journal', 'system']);
  await scheduleUndo(command, '7', 60, io);
  expect(ran).toEqual([
    expect.arrayContaining(['systemd-run', '--unit=kvmvlan-undo-7', '--on-active=60s', ...command]),
  ]);
  await cancelUndo('7', io);
  expect(ran.at(-1)).toEqual(['systemctl', 'stop', 'kvmvlan-undo-7.timer']);
});

test('elsewhere a process in a session of its own', async () => {
  const { ran, io } = host([]);
  await scheduleUndo(command, '7', 60, io);
  expect(ran.at(-1)).toEqual([
    'sh',
    '-c',
    expect.stringContaining('setsid') as string,
    'sh',
    '60',
    ...command,
  ]);
});

test.each([
  ['where systemd cannot, though sh could: logind may end what sh leaves behind', ['system'], 'systemd-run'],
  ['where sh cannot', [], 'sh'],
])('%s, nothing may be changed', async (_, systemd, failing) => {
  const { ran, io } = host(systemd, [failing]);
  await expect(scheduleUndo(command, '7', 60, io)).rejects.toThrow(`${failing} is ill`);
  expect(ran).toHaveLength(1);
});
