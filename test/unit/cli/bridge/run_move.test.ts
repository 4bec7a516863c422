import { formatPending } from '../../../../lib/apply/rollback/pending';
import { BOOT_ID_FILE, PENDING_FILE } from '../../../../lib/apply/rollback/state_files';
import { bridge } from '../../../../lib/cli/bridge/bridge';
import { resultOf } from '../../../../lib/cli/bridge/move_service';
import type { NetworkChange } from '../../../../lib/model/network/network_change';
import { failed, succeeded } from '../../fake_host/exec_results';
import { FakeHost, FREE, ROOT } from '../../fake_host/fake_host';
import { address, link, network } from '../../plan/network/some_network';
import { runCommand } from '../run_command';

const CHANGE: NetworkChange = {
  backend: 'ifupdown',
  trial: [{ path: '/run/kvmvlan/x', text: 'x', mode: 0o600, over: null }],
  ...{ start: [{ command: 'ifup', args: ['br0'] }], undo: [], kept: [], settle: [] },
};

/** A host on which a change is armed, whose ifup fails. `ip` shows these links. */
function armed(ip: () => string): FakeHost {
  const pending = formatPending({
    ...{ id: '7', bootId: 'this', until: Date.now() + 3_600_000, root: ROOT, files: [] },
    touched: { bridges: new Map(), ports: new Map(), uplinks: [] },
    move: {
      kind: 'create',
      record: { bridge: 'br0', port: 'eth0', vlans: [], created: CHANGE },
      change: CHANGE,
      move: { from: 'eth0', to: 'br0', vlans: [] },
      before: network([link('eth0', { addresses: [address('192.0.2.10/24')] })]),
      ...{ probes: [], startedTicks: 0 },
    },
  });
  const files = { [PENDING_FILE]: pending, [BOOT_ID_FILE]: 'this\n', '/run/systemd/system': '' };
  const host = new FakeHost({ files, lock: FREE });
  host.replace = (line) => {
    if (line.startsWith('ifup ')) return failed({ kind: 'exit', status: 1 }, 'no');
    if (line === 'ip -j -d addr show') return succeeded(ip());
    return /^ip .* (route|rule) show|^(systemctl|logger|ip link|ip addr) /.test(line)
      ? succeeded('[]')
      : undefined;
  };
  return host;
}

const HASTENED = ['systemctl', 'start', '--no-block', 'kvmvlan-undo-7.service'];

test('a rollback that is incomplete is tried again at once, however far its timer is', async () => {
  const host = armed(() => '[]');
  const { status } = await runCommand(bridge, { action: 'run', bridge: '-', id: '7' }, host);
  expect(status).toBe(1);
  expect(JSON.parse(host.files[resultOf('7')] ?? '')).toMatchObject({ status: 'rollback-incomplete' });
  expect(host.calls.at(-1)).toEqual(HASTENED);
});

test('a bug does not leave the host without its network', async () => {
  const host = armed(() => {
    throw new TypeError('a bug');
  });
  await expect(runCommand(bridge, { action: 'run', bridge: '-', id: '7' }, host)).rejects.toThrow('a bug');
  expect(host.calls.at(-1)).toEqual(HASTENED);
});
