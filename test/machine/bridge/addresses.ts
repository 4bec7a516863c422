/** The network outside, as lab/lab.sh lays it. */
export const LAN = {
  gateway4: '192.0.2.1',
  gateway6: '2001:db8:1::1',
  gatewayInVlan: '203.0.113.1',
  /** Who logs in from outside: behind the gateway. */
  client4: '10.20.0.2',
  /** A host behind a router that only a static route leads to. */
  remote: '198.51.100.1',
  /** A name that only the DNS servers of the LAN know. */
  name: 'gateway.lab.example.net',
  domain: 'lab.example.net',
  lease4: /^192\.0\.2\.1\d\d$/,
  lease6: /^2001:db8:1::1[\da-f]{3}$/,
  slaac: /^2001:db8:1:0:[\da-f:]+$|^2001:db8:1::(?:[\da-f]+:){2,}[\da-f]+$/,
} as const;

/** The addresses of the host where they are static. */
export const HOST = {
  ssh4: '192.0.2.10',
  ssh6: '2001:db8:1::10',
  second4: '192.0.2.11',
  second6: '2001:db8:1::11',
  inVlan: '203.0.113.10',
} as const;

export const VLAN = 200;
/** Where the DHCP server of VLAN 200 gives addresses from. */
export const VLAN_LEASE = /^203\.0\.113\.1\d\d$/;
