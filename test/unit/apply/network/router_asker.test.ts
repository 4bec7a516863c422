import { RouterAsker } from '../../../../lib/apply/network/router_asker';
import type { Lost } from '../../../../lib/plan/network/lost_by';
import { failed, succeeded } from '../../fake_host/exec_results';
import { FakeHost } from '../../fake_host/fake_host';
import { link, network, route } from '../../plan/network/some_network';

const SLAAC: Lost = { kind: 'address', dev: 'br0', address: '2001:db8::5054:ff:fe00:3/64' };
const NOW = network([link('br0', { index: 7 }), link('down', { index: 8, isUp: false })]);

/** A host that sends; `indexes` are those of the interfaces, `frames` what it sent. */
function sendingHost(result = succeeded()): { host: FakeHost; indexes: (string | undefined)[] } {
  const host = new FakeHost();
  const indexes: (string | undefined)[] = [];
  host.replace = (line) => {
    indexes.push(line.split(' ').at(-1));
    return result;
  };
  return { host, indexes };
}

test.each<[string, Lost, number]>([
  ['an IPv6 address', SLAAC, 1],
  ['an IPv6 route', { kind: 'route', dev: 'br0', route: route('default', 'fe80::1', 'br0') }, 1],
  ['an IPv4 address', { ...SLAAC, address: '192.0.2.1/24' }, 0],
  ['an IPv4 route', { kind: 'route', dev: 'br0', route: route('default', '192.0.2.1', 'br0') }, 0],
  ['a name server', { kind: 'name-server', server: '2001:db8::53' }, 0],
  ['an address of an interface that is not there', { ...SLAAC, dev: 'br1' }, 0],
  ['an address of an interface that is down', { ...SLAAC, dev: 'down' }, 0],
])('%s that is waited for', async (_, lost, asked) => {
  const { host, indexes } = sendingHost();
  await new RouterAsker(host.io()).ask([lost], NOW);
  expect(indexes).toEqual(Array<string>(asked).fill('7'));
});

test('it asks three times, four seconds apart, and once for all that an interface lacks', async () => {
  const { host } = sendingHost();
  const asker = new RouterAsker(host.io());
  const at: number[] = [];
  for (; host.clock < 20_000; host.clock += 500) {
    const before = host.processes;
    await asker.ask([SLAAC, { ...SLAAC, address: '2001:db8::2/64' }], NOW);
    at.push(...Array<number>(host.processes - before).fill(host.clock));
  }
  expect(at).toEqual([0, 4000, 8000]);
});

test('where nothing can be sent, that is logged', async () => {
  const { host } = sendingHost(failed({ kind: 'exit', status: 1 }, 'socket: Operation not permitted'));
  const warning = jest.fn();
  const nobody = (): void => undefined;
  await new RouterAsker(host.io({ log: { info: nobody, warning, error: nobody } })).ask([SLAAC], NOW);
  expect(warning.mock.calls).toEqual([
    ['br0: cannot ask for IPv6 routers: perl: socket: Operation not permitted'],
  ]);
});
