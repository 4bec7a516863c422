import { cancelUndo, hastenUndo, scheduleUndo } from '../../../../lib/cli/undo/schedule_undo';
import { FakeHost } from '../../fake_host/fake_host';
import { failed, succeeded } from '../../fake_host/exec_results';

/** A host with these files in /run/systemd, on which these commands fail. */
function hostWith(systemd: string[], failing: string[] = []): FakeHost {
  const host = new FakeHost({
    files: Object.fromEntries(systemd.map((name) => [`/run/systemd/${name}`, ''])),
  });
  host.replace = (line) => {
    const [command = ''] = line.split(' ');
    return failing.includes(command) ? failed({ kind: 'exit', status: 1 }, `${command} is ill`) : succeeded();
  };
  return host;
}
const command = ['/usr/bin/node', '/x y/kvmvlan', 'undo', '--id', '7'];

test('where systemd has booted, a timer of its own; /run/systemd/system itself is often empty', async () => {
  const host = hostWith(['journal', 'system']);
  await scheduleUndo(command, '7', 60, host.io());
  expect(host.calls).toEqual([
    expect.arrayContaining(['systemd-run', '--unit=kvmvlan-undo-7', '--on-active=60s', ...command]),
  ]);
  await cancelUndo('7', host.io());
  expect(host.calls.at(-1)).toEqual(['systemctl', 'stop', 'kvmvlan-undo-7.timer']);
});

test('a DHCP client that the rollback starts outlives its service', async () => {
  const host = hostWith(['system']);
  await scheduleUndo(command, '7', 60, host.io());
  expect(host.calls[0]).toContain('--property=KillMode=process');
});

test('the rollback can start before its timer', async () => {
  const host = hostWith(['system']);
  await hastenUndo('7', host.io());
  expect(host.calls).toEqual([['systemctl', 'start', '--no-block', 'kvmvlan-undo-7.service']]);
});

test('elsewhere a process in a session of its own', async () => {
  const host = hostWith([]);
  await scheduleUndo(command, '7', 60, host.io());
  expect(host.calls.at(-1)).toEqual([
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
  const host = hostWith(systemd, [failing]);
  await expect(scheduleUndo(command, '7', 60, host.io())).rejects.toThrow(`${failing} is ill`);
  expect(host.calls).toHaveLength(1);
});
