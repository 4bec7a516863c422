import type { UplinkFilter } from '../../../../lib/model/routes/good_citizen';
import type { TapFilter } from '../../../../lib/model/routes/tap_filter';
import { ip, prefix } from './addresses';

/** The filters whose rulesets, and what nft makes of them, are in golden/. */
export const TAPS: readonly TapFilter[] = [
  {
    tap: 'vnet0',
    mac: '52:54:00:00:00:05',
    addresses: ['203.0.113.20', '203.0.113.21', '2001:db8::20'].map(ip),
    routes: ['198.51.100.0/29', '192.0.2.0/24', '192.0.2.9/32', '2001:db8:1:8000::/49'].map(prefix),
  },
  { tap: 'w#é-1', mac: '52:54:00:AB:CD:EF', addresses: [ip('2001:db8::1:0:0:1')], routes: [] },
];

export const UPLINKS: readonly UplinkFilter[] = [
  { uplink: 'eth0', addresses: ['192.0.2.1', '203.0.113.20', '2001:db8::20'].map(ip) },
  { uplink: 'br.1', addresses: [] },
];
