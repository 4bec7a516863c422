/** The conf files of the README's example, for all tiers: a switch with an uplink, and two guests, VM2 with two interfaces. */
export const BRIDGE_INIT_CONF = `\
[br0]
trunk-port = eth0
trunk-pvid = 1
trunk-tags = 100 200 300
br-pvid = 1
br-tags = 200
`;

export const VLAN_FILTERING_CONF = `\
[veth0]
guest = VM1
pvid = 100
tagged = 200,300

[veth1]
guest = VM2
pvid = 1
tagged = 100 200

[veth2]
guest = VM2
pvid = 300
`;
