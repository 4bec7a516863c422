import { UPLINK_FILTERS_FILE } from '../../../../lib/apply/routes/run_files';
import { setRoutes, type SetRoutes } from '../../../../lib/apply/routes/set_routes';
import { readHostRoutes } from '../../../../lib/apply/state/read_host_routes';
import { readRunningGuests } from '../../../../lib/system/libvirt/read_guests';
import { GUEST_ROUTES_CONF, ROUTED } from '../../cli/routed_hosts';
import { FakeHost } from '../../fake_host/fake_host';

const CONF = GUEST_ROUTES_CONF.replace('uplink = eth0\n', 'uplink = eth0\ngood-citizen = yes\n');
const LIST = 'nft -j list table arp kvmvlan';

async function run(host: FakeHost, conf: string): Promise<SetRoutes> {
  const io = host.io();
  const { desired } = await readHostRoutes(conf, 'guest_routes.conf', readRunningGuests(io), io);
  host.calls.length = 0;
  return setRoutes(desired, { dryRun: false }, io);
}

const lists = (host: FakeHost): number => host.calls.filter((words) => words.join(' ') === LIST).length;

test('the filter of an uplink comes, converges, and goes with the wish', async () => {
  const host = new FakeHost(ROUTED);
  const first = await run(host, CONF);
  expect(first.done?.failures).toEqual([]);
  expect(first.done?.ran.map(({ dev, subject }) => [dev, subject])).toContainEqual([null, 'eth0']);
  const { plan, routing } = await run(host, CONF);
  expect(plan.steps).toEqual([]);
  expect([...(routing.uplinkFilters?.keys() ?? [])]).toEqual(['eth0']);
  const last = await run(host, GUEST_ROUTES_CONF);
  expect(last.done?.failures).toEqual([]);
  expect((await run(host, GUEST_ROUTES_CONF)).routing.uplinkFilters).toEqual(new Map());
});

test('nobody looks for one where none was wanted since boot', async () => {
  const host = new FakeHost(ROUTED);
  const { routing } = await run(host, GUEST_ROUTES_CONF);
  expect([lists(host), routing.uplinkFilters, host.files[UPLINK_FILTERS_FILE]]).toEqual([
    0,
    new Map(),
    undefined,
  ]);
  await run(host, CONF);
  expect(lists(host)).toBeGreaterThan(0);
  await run(host, GUEST_ROUTES_CONF);
  expect(lists(host)).toBeGreaterThan(0);
});

test('a dry run records nothing', async () => {
  const host = new FakeHost(ROUTED);
  const io = host.io();
  const { desired } = await readHostRoutes(CONF, 'guest_routes.conf', readRunningGuests(io), io);
  await setRoutes(desired, { dryRun: true }, io);
  expect(host.written.size).toBe(0);
});
