import { KnownError } from '../../../../lib/model/known_error';
import { watchPorts, type Watched } from '../../../../lib/cli/trace_dhcp/watch_ports';
import type { TracedPort } from '../../../../lib/cli/trace_dhcp/traced_port';
import { member } from '../../model/host/host_parts';
import { fakeCaptures, type FakeCaptures } from './fake_captures';
import { OWN, port, saw } from './parts';

const SECOND: TracedPort = port({
  dev: 'vnet1',
  iface: { ...port().iface, mac: '52:54:00:00:00:01', dev: 'vnet1' },
});

/** Watches while `act` runs. Returns also what was called. */
async function watch(
  captures: FakeCaptures,
  act: () => void,
  ports: readonly TracedPort[] = [port()],
  seconds = 30,
): Promise<Watched & { started: string[][]; fresh: string[] }> {
  const started: string[][] = [];
  const fresh: string[] = [];
  const watched = await watchPorts(
    ports,
    seconds,
    captures.world,
    () => {
      started.push([...captures.running]);
      act();
    },
    (dev, way, { type }) => fresh.push(`${dev} ${way} ${type}`),
  );
  expect([...captures.running]).toEqual([]);
  return { ...watched, started, fresh };
}

test('both directions of port and uplink; of the host only what it sends', async () => {
  const { started, ended, gaps, seen } = await watch(fakeCaptures(), () => undefined, [port(), SECOND], 0.01);
  expect(started).toEqual([
    ['vnet0 in', 'vnet0 out', 'eth0 out', 'eth0 in', 'br0 out', 'vnet1 in', 'vnet1 out'],
  ]);
  expect({ ended, gaps, seen }).toEqual({ ended: 'time', gaps: [], seen: [] });
});

test('without an uplink also what the host receives', async () => {
  const { started } = await watch(fakeCaptures(), () => undefined, [port({ exits: [OWN] })], 0.01);
  expect(started).toEqual([['vnet0 in', 'vnet0 out', 'br0 in', 'br0 out']]);
});

test('frames count in their direction, and new ones are announced', async () => {
  const captures = fakeCaptures();
  const { seen, fresh } = await watch(
    captures,
    () => {
      captures.pass(saw('vnet0 <', 'DISCOVER', { count: 2 }));
      captures.pass(saw('eth0 <', 'DISCOVER', { tags: [100] }));
      captures.pass(saw('eth0 >', 'OFFER', { tags: [100] }));
    },
    [port()],
    0.05,
  );
  expect(fresh).toEqual(['vnet0 from-guest DISCOVER', 'eth0 from-guest DISCOVER', 'eth0 to-guest OFFER']);
  expect(seen.map(({ dev, count }) => [dev, count])).toEqual([
    ['vnet0', 2],
    ['eth0', 1],
    ['eth0', 1],
  ]);
});

test('frames that pass before all interfaces are watched do not count', async () => {
  const captures = fakeCaptures();
  const { captureDhcp } = captures.world;
  const early: typeof captureDhcp = (device, direction, onFrame) => {
    const capture = captureDhcp(device, direction, onFrame);
    if (device === 'vnet0') onFrame(saw('vnet0 >', 'ACK').frame, 0);
    return capture;
  };
  const world = { ...captures.world, captureDhcp: early };
  const { ended, seen } = await watch({ ...captures, world }, () => undefined, [port()], 0.05);
  expect({ ended, seen }).toEqual({ ended: 'time', seen: [] });
});

test('it ends when every port has got what it asked for', async () => {
  const captures = fakeCaptures();
  const ack = saw('vnet0 >', 'ACK');
  const { ended, seconds } = await watch(captures, () => captures.pass(ack));
  expect(ended).toBe('confirmed');
  expect(seconds).toBeLessThan(5);
  const one = fakeCaptures();
  const both = await watch(one, () => one.pass(ack), [port(), SECOND], 0.05);
  expect(both.ended).toBe('time');
});

test('an offer does not end it, nor a question that waits', async () => {
  const captures = fakeCaptures();
  const act = (): void => {
    captures.pass(saw('vnet0 >', 'OFFER'));
    captures.pass(saw('vnet0 <', 'SOLICIT'));
    captures.pass(saw('vnet0 >', 'ACK'));
  };
  expect((await watch(captures, act, [port()], 0.05)).ended).toBe('time');
});

test('Ctrl-C ends it with what was seen', async () => {
  const captures = fakeCaptures();
  const { ended, seen } = await watch(captures, () => {
    captures.pass(saw('vnet0 <', 'DISCOVER'));
    captures.interrupt();
  });
  expect([ended, seen.length]).toEqual(['interrupted', 1]);
});

test('if a port of the guest vanishes, it ends; without an uplink, it goes on', async () => {
  const gone = fakeCaptures();
  const ended = await watch(gone, () => gone.end('vnet0 out', 'The interface disappeared'));
  expect(ended).toMatchObject({
    ended: 'port-gone',
    gaps: [{ dev: 'vnet0', reason: 'The interface disappeared' }],
  });
  const other = fakeCaptures();
  const going = await watch(other, () => other.end('eth0 in', 'gone'), [port()], 0.05);
  expect(going).toMatchObject({ ended: 'time', gaps: [{ dev: 'eth0', reason: 'gone' }] });
});

test.each(['eth0', 'vnet0'])(
  'a capture of %s that does not start is an error, and the others stop',
  async (dev) => {
    const captures = fakeCaptures({ [`${dev} out`]: 'Operation not permitted' });
    const watching = watch(captures, () => undefined, [port({ vlans: member(1) })]);
    await expect(watching).rejects.toThrow(`tcpdump cannot watch ${dev}: Operation not permitted`);
    await expect(watching).rejects.toBeInstanceOf(KnownError);
    expect([...captures.running]).toEqual([]);
  },
);
