import type { Contradiction } from '../../../lib/network/contradiction';
import { remedyFor } from '../../../lib/network/remedy';
import type { Vid } from '../../../lib/model/vlan/vid';
import { portVlans } from '../../../lib/model/vlan/port_vlans';

test('several remedies for one file of networkd write several drop-ins', () => {
  const of = { level: 'failure', bridge: 'br0', file: '/etc/systemd/network/10-br0.netdev' } as const;
  const vlans = portVlans({ pvid: 1 as Vid, tagged: [200 as Vid] });
  const found: Contradiction[] = [
    { ...of, code: 'networkd-filtering-off' },
    { ...of, code: 'networkd-default-pvid', has: 7 as Vid, wanted: 1 as Vid },
    { ...of, code: 'networkd-vlans', dev: 'br0', missing: vlans, extra: [], wanted: vlans },
  ];
  const files = found.map((each) => / tee (\S+)/.exec(remedyFor(each))?.[1]);
  expect(files).not.toContain(undefined);
  expect(new Set(files).size).toBe(found.length);
});
