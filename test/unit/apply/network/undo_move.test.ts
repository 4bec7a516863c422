import { otherPorts, portsLeft, undoMove } from '../../../../lib/apply/network/undo_move';
import type { NetworkChange } from '../../../../lib/model/network/network_change';
import type { PendingMove } from '../../../../lib/model/network/pending_move';
import { KILLED, succeeded } from '../../fake_host/exec_results';
import { FakeHost } from '../../fake_host/fake_host';
import { address, link, MAC, network } from '../../plan/network/some_network';

const TRIAL = '/run/NetworkManager/system-connections/kvmvlan-br0.nmconnection';

const CHANGE: NetworkChange = {
  backend: 'NetworkManager',
  trial: [{ path: TRIAL, text: 'x', mode: 0o600, over: null }],
  start: [],
  undo: [{ command: 'nmcli', args: ['connection', 'up', 'uuid', 'old'], mayFail: true }],
  kept: [],
  settle: [],
};

const MOVE: PendingMove = {
  kind: 'create',
  record: { bridge: 'br0', port: 'eth0', vlans: [], created: CHANGE },
  change: CHANGE,
  move: { from: 'eth0', to: 'br0', vlans: [] },
  before: network([link('eth0', { addresses: [address('192.0.2.10/24')] })]),
  probes: [],
  startedTicks: 0,
};

interface Shown {
  readonly name: string;
  readonly master?: string;
  readonly has?: boolean;
  readonly kind?: string;
}

const ipShows = (links: readonly Shown[]): string =>
  JSON.stringify(
    links.map(({ name, master, has, kind }, index) => ({
      ...{ ifindex: index + 1, ifname: name, flags: ['UP'], mtu: 1500, link_type: 'ether', address: MAC },
      ...(master === undefined ? {} : { master }),
      ...(kind === undefined ? {} : { linkinfo: { info_kind: kind } }),
      addr_info:
        has === true ? [{ family: 'inet', local: '192.0.2.10', prefixlen: 24, scope: 'global' }] : [],
    })),
  );

const BEFORE: Shown[] = [{ name: 'eth0', has: true }];
const MOVED: Shown[] = [
  { name: 'eth0', master: 'br0' },
  { name: 'br0', kind: 'bridge', has: true },
  { name: 'vnet0', master: 'br0', kind: 'tun' },
];

/** A host whose network is as given, and as it was before once NetworkManager has been asked. */
function hostWith(now: readonly Shown[], files: Record<string, string> = {}, after = BEFORE): FakeHost {
  const host = new FakeHost({ files });
  let links = now;
  host.replace = (line) => {
    if (line.startsWith('nmcli ')) links = after;
    if (line === 'ip -j -d addr show') return succeeded(ipShows(links));
    return / (route|rule) show/.test(line) ? succeeded('[]') : succeeded();
  };
  return host;
}

const asked = ({ calls }: FakeHost): number => calls.filter(([command]) => command === 'nmcli').length;

test('a trial is undone by the manager', async () => {
  const host = hostWith(MOVED, { [TRIAL]: 'x' });
  expect(await undoMove(MOVE, host.io())).toEqual([]);
  expect(asked(host)).toBe(1);
  expect(host.files[TRIAL]).toBeUndefined();
});

test('a second undo after one that failed asks the manager again', async () => {
  const host = hostWith(MOVED);
  expect(await undoMove(MOVE, host.io())).toEqual([]);
  expect(asked(host)).toBe(1);
});

test('where all is as before, an undo does not interrupt the network', async () => {
  const host = hostWith(BEFORE);
  expect(await undoMove(MOVE, host.io())).toEqual([]);
  expect(asked(host)).toBe(0);
});

test('a trial that has only begun is undone, though all is as before', async () => {
  const host = hostWith(BEFORE, { [TRIAL]: 'x' });
  expect(await undoMove(MOVE, host.io())).toEqual([]);
  expect(asked(host)).toBe(1);
});

test('taps that lose their bridge are named, with the command for later', async () => {
  const host = hostWith(MOVED, { [TRIAL]: 'x' }, [...BEFORE, { name: 'vnet0', kind: 'tun' }]);
  const ports = await otherPorts(MOVE, host.io());
  expect(ports).toEqual(['vnet0']);
  await undoMove(MOVE, host.io());
  const [note] = await portsLeft(MOVE, ports, host.io());
  expect(note).toMatchObject({ level: 'warning', code: 'bridge-ports-left' });
  expect(note?.hint).toContain('`ip link set vnet0 master br0`');
});

test('a guest that has ended meanwhile is not named', async () => {
  const host = hostWith(BEFORE);
  expect(await portsLeft(MOVE, ['vnet0'], host.io())).toEqual([]);
});

test('a network that cannot be read before it does not prevent the undo', async () => {
  const host = hostWith(MOVED);
  const answer = host.replace;
  let isReadable = false;
  host.replace = (line, nth) => {
    if (line.startsWith('nmcli ')) isReadable = true;
    return line.startsWith('ip -j') && !isReadable ? KILLED : answer(line, nth);
  };
  const io = host.io();
  expect(await otherPorts(MOVE, io)).toEqual([]);
  expect(await undoMove(MOVE, io)).toEqual([]);
  expect(host.calls.map((words) => words.join(' '))).toContain('nmcli connection up uuid old');
});
