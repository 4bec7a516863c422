import { port } from './vlan_table';

/** A conf with a bridge of each kind. */
export const ZOO_CONF = `
[br0]
trunk-port = eth0, eth1
trunk-pvid = 1
trunk-tags = 100 200-209
br-pvid = 1
br-tags = 200
[br1]
trunk-port = up*
trunk-pvid = none
trunk-tags = 5
[absent]
trunk-port = eth9
trunk-tags = 5
[br3]
trunk-port = gone eth0 eth3
trunk-tags = 7
[br4]
vlan-protocol = 802.1ad
br-pvid = 4
[br5]
trunk-port = eth5
trunk-tags = 50
default-pvid = none
[br6]
trunk-port = eth6
trunk-tags = 6
default-pvid = none
[br.7]
vlan-filtering = no
br-pvid = 7
`;

const PORTS = {
  br0: 'eth0 eth1 guest0',
  br1: 'up1 up2 other1',
  br3: 'eth3',
  br4: '',
  br5: 'eth5 guest5 tagged5',
  br6: 'eth6',
  'br.7': '',
};
/** For `ip -batch`: the bridges, but `absent`, and their ports. */
export const ZOO_LINKS = [
  'link add base type dummy',
  ...Object.entries(PORTS).flatMap(([bridge, ports]) => [
    `link add ${bridge} type bridge`,
    ...ports
      .split(' ')
      .filter(Boolean)
      .map((name) => `link add ${linkOf(name)} master ${bridge} ${kindOf(name)}`),
  ]),
];

/** Patterns take no dummies: what they are to match is a VLAN interface. */
function isByPattern(name: string): boolean {
  return name.startsWith('up');
}

function linkOf(name: string): string {
  return isByPattern(name) ? `link base name ${name}` : name;
}

function kindOf(name: string): string {
  return isByPattern(name) ? `type vlan id ${name.slice(2)}` : 'type dummy';
}

/** What the conf above asks for; where it says nothing, what the kernel gives. */
export const ZOO_TABLE = {
  br0: port(1, 200),
  eth0: `${port(1, 100)}, 200-209`,
  eth1: `${port(1, 100)}, 200-209`,
  up1: '5',
  up2: '5',
  eth3: port(1, 7),
  br4: port(4),
  eth5: port(1, 50),
  guest5: port(1),
  tagged5: port(9, 10),
  eth6: port(1, 6),
  'br.7': port(7),
};
