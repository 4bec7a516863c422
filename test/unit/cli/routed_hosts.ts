import { FORWARD4, FORWARD6, PROXY_NDP, uplinkFiles } from '../../../lib/model/routes/host_setting_files';
import type { HostSetup } from '../fake_host/fake_host';
import { guestXml } from '../fake_host/guest_xml';

const { forward4, forward6, proxyNdp } = uplinkFiles('eth0');
const ON = [FORWARD4, FORWARD6, PROXY_NDP, forward4, forward6, proxyNdp];

export const GUEST_ROUTES_CONF = `[DEFAULT]
uplink = eth0
pool = 203.0.113.0/24, 2001:db8::/64

[vnet3]
address = 203.0.113.20, 2001:db8::20
route = 198.51.100.0/29

[web2]
guest = web2
nic = 0
address = 203.0.113.21
table = 500

[vnet5]
address = 203.0.113.22
strict = no
`;

const ethernet = (dev: string) => [{ type: 'ethernet', dev }];

/** A status file while the guest moves. */
function moving(job: 'in' | 'out', name: string, dev: string, number: number): string {
  const domain = guestXml(name, ethernet(dev), number);
  return `<domstatus state='paused' reason='migration'><job type='none' async='migration ${job}' phase='perform3'/>${domain}</domstatus>`;
}

/** A host with routed interfaces, on which nothing is set yet. web2 is arriving, db is leaving. */
export const ROUTED: HostSetup = {
  hasNft: true,
  links: ['eth0', 'vnet3', 'vnet4', 'vnet5'],
  addresses: { eth0: '203.0.113.1' },
  guests: { web1: ethernet('vnet3') },
  confs: { guest_routes: GUEST_ROUTES_CONF },
  files: {
    ...Object.fromEntries(ON.map((file) => [file, '1\n'])),
    '/run/libvirt/qemu/web2.xml': moving('in', 'web2', 'vnet4', 1),
    '/run/libvirt/qemu/db.xml': moving('out', 'db', 'vnet5', 2),
  },
};
