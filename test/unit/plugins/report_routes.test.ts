import { setRoutes } from '../../../lib/apply/routes/set_routes';
import { readHostRoutes } from '../../../lib/apply/state/read_host_routes';
import { reportRoutes } from '../../../lib/plugins/report_routes';
import { readRunningGuests } from '../../../lib/system/libvirt/read_guests';
import { GUEST_ROUTES_CONF, ROUTED } from '../cli/routed_hosts';
import { FakeHost } from '../fake_host/fake_host';
import { Refused } from '../fake_host/refused';

test('a failure that belongs to no interface is a problem, too', async () => {
  const host = new FakeHost(ROUTED);
  const io = host.io();
  const conf = GUEST_ROUTES_CONF.replace('pool =', 'pool-route = yes\npool = 198.51.100.0/24,');
  const { desired } = await readHostRoutes(conf, 'guest_routes.conf', readRunningGuests(io), io);
  host.watch = (command) => {
    if (command.includes('unreachable')) throw new Refused('RTNETLINK answers: Operation not permitted');
  };
  const { plan, done } = await setRoutes(desired, { dryRun: false }, io);
  const call = { object: '', all: true, hook: null, conf: 'guest_routes.conf', dryRun: false };
  const { interfaces, problems } = reportRoutes(plan, done, call, io);
  expect(problems).toEqual([
    {
      level: 'error',
      code: 'route-not-set',
      message:
        '`ip route add unreachable 198.51.100.0/24 metric 4278198272 proto 107` failed: Operation not permitted.',
      hint: 'Run this command to see what is wrong, then `guest_routes --all`.',
      subject: { addresses: ['198.51.100.0/24'] },
    },
  ]);
  expect(interfaces.flatMap((one) => one.problems).filter(({ level }) => level === 'error')).toEqual([]);
});
