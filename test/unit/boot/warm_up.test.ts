import { warmUp } from '../../../lib/boot/warm_up';
import { warmUpIo } from '../../../lib/boot/warm_up_io';
import { vlanFiltering } from '../../../lib/plugins/vlan_filtering';

const LOG = { info: () => undefined, warning: () => undefined, error: () => undefined };

test('the hook finds its port as wanted, so the functions of a usual call run', async () => {
  const hook = { driver: 'qemu', object: 'guest', operation: 'start', suboperation: 'begin', extra: '-' };
  const call = { object: 'guest', hook, conf: '/conf/vlan_filtering.conf', all: false, dryRun: false };
  const { status, summary } = await vlanFiltering(call, warmUpIo(LOG));
  expect({ status, summary }).toEqual({ status: 0, summary: 'done: 1 port as wanted, 0 changed, in 0 ms' });
});

test('status shows the switch', async () => {
  const text = await warmUp();
  expect(text).toMatch(/^br0\b/m);
  expect(text).toMatch(/\bvnet0\b.*\b100\b/);
});
