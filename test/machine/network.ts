import type { Machine } from './machine';

const files = {
  '10-eth0.netdev': '[NetDev]\nName=eth0\nKind=veth\n[Peer]\nName=outside\n',
  '10-br0.netdev': '[NetDev]\nName=br0\nKind=bridge\n',
  '20-eth0.network': '[Match]\nName=eth0\n[Network]\nBridge=br0\nLinkLocalAddressing=no\n',
  // The bridge and the far end are up, and say nothing themselves.
  '20-quiet.network':
    '[Match]\nName=br0 outside\n[Network]\nLinkLocalAddressing=no\nConfigureWithoutCarrier=yes\n',
};

/**
 * Gives the machine a bridge br0, with an uplink eth0 whose wire ends at the interface `outside`: where the physical
 * switch would be. By systemd-networkd, so it is there again after a reboot. As Linux makes it: no VLAN filtering.
 */
export async function layNetwork(machine: Machine): Promise<void> {
  for (const [name, text] of Object.entries(files)) await machine.write(`/etc/systemd/network/${name}`, text);
  await machine.must(
    `networkctl reload
     for tries in $(seq 50); do
       [ "$(cat /sys/class/net/br0/brif/eth0/state)" = 3 ] && exit 0
       sleep 0.2
     done 2>/dev/null
     networkctl; exit 1`,
  );
}
