import { formatPending } from '../../../../lib/apply/rollback/pending';
import { BOOT_ID_FILE, PENDING_FILE } from '../../../../lib/apply/rollback/state_files';
import { resultOf } from '../../../../lib/cli/bridge/move_service';
import { confirm } from '../../../../lib/cli/confirm/confirm';
import type { NetworkChange } from '../../../../lib/model/network/network_change';
import { failed } from '../../fake_host/exec_results';
import { FakeHost, FREE, ROOT } from '../../fake_host/fake_host';
import { address, link, network } from '../../plan/network/some_network';
import { runCommand } from '../run_command';

const CHANGE: NetworkChange = {
  backend: 'ifupdown',
  trial: [],
  start: [],
  undo: [],
  kept: [{ path: '/etc/network/interfaces', was: 'bridge\n', text: 'plain\n', mode: 0o644 }],
  settle: [{ command: 'nmcli', args: ['connection', 'reload'] }],
};

/** The log line of the command that settles the change. */
const RUN = '+ nmcli connection reload\n';

/** A host whose bridge is removed for a trial; eth0 has these addresses now. */
function host(...addresses: { local: string; prefixlen: number }[]): FakeHost {
  const record = { bridge: 'br0', port: 'eth0', vlans: [], created: CHANGE };
  const pending = formatPending({
    id: '7',
    bootId: 'this',
    until: Date.now() + 60_000,
    root: ROOT,
    files: [],
    touched: { bridges: new Map(), ports: new Map(), uplinks: [] },
    move: {
      kind: 'remove',
      record,
      change: CHANGE,
      move: { from: 'br0', to: 'eth0', vlans: [] },
      before: network([link('br0', { kind: 'bridge', addresses: [address('192.0.2.10/24')] })]),
      probes: [],
      startedTicks: 1,
    },
  });
  const infos = addresses.map((each) => ({ family: 'inet', scope: 'global', ...each }));
  const eth0 = { ifname: 'eth0', ifindex: 2, flags: ['UP', 'LOWER_UP'], mtu: 1500, link_type: 'ether' };
  const commands = {
    'ip -j -d addr show': JSON.stringify([{ ...eth0, address: '52:54:00:aa:bb:cc', addr_info: infos }]),
    'ip -j -4 route show table all': '[]',
    'ip -j -6 route show table all': '[]',
    'ip -j -4 rule show': '[]',
    'ip -j -6 rule show': '[]',
    'nmcli connection reload': '',
  };
  const files = {
    [BOOT_ID_FILE]: 'this\n',
    [PENDING_FILE]: pending,
    [resultOf('7')]: '{}',
    '/etc/network/interfaces': 'bridge\n',
  };
  return new FakeHost({ commands, files, lock: FREE });
}

const confirmed = (on: FakeHost) => runCommand(confirm, { 'from-console': true, fromConsole: true }, on);

test('all is there after the permanent files were written', async () => {
  const on = host({ local: '192.0.2.10', prefixlen: 24 });
  expect(await confirmed(on)).toEqual({
    status: 0,
    stdout: 'Confirmed: the changes stay.\n',
    stderr: RUN,
  });
  expect(on.files['/etc/network/interfaces']).toBe('plain\n');
});

test('an address that is lost then is not hidden, although the change stays', async () => {
  const on = host();
  const { status, stderr } = await confirmed(on);
  expect(status).toBe(1);
  expect(stderr).toBe(
    RUN +
      'waiting: the address 192.0.2.10/24 on eth0 is missing\nkvmvlan: the change is permanent, but the address 192.0.2.10/24 on eth0 is missing. `sudo kvmvlan bridge create br0 --port eth0` creates the bridge again.\n',
  );
  expect(on.files['/etc/network/interfaces']).toBe('plain\n');
  expect(on.files[PENDING_FILE]).toBeUndefined();
});

test('a manager that hangs cannot have the change rolled back: it no longer waits then', async () => {
  const on = host({ local: '192.0.2.10', prefixlen: 24 });
  const waiting: (string | null | undefined)[] = [];
  on.replace = (process) => {
    if (process.startsWith('nmcli')) waiting.push(on.files[PENDING_FILE]);
    return undefined;
  };
  await confirmed(on);
  expect(waiting).toEqual([undefined]);
});

test('what the manager does not read is not hidden', async () => {
  const on = host({ local: '192.0.2.10', prefixlen: 24 });
  on.replace = (process) =>
    process.startsWith('nmcli') ? failed({ kind: 'exit', status: 1 }, 'no such service') : undefined;
  const { status, stderr } = await confirmed(on);
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr:
      RUN +
      'kvmvlan: the change is permanent, but `nmcli connection reload` failed: no such service. Run it again by hand.\n',
  });
});
