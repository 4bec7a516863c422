#!/bin/sh
# lab.sh MAC…: the network outside of this host. These network cards are the far ends of its wires: they become the ports
# wire0, wire1 … of a switch in the namespace `lan`. The switch is also the router, with DHCP, router advertisements and DNS
# for the LAN (untagged) and for VLAN 200 (tagged). Behind the router is the namespace `client`.
# A unit runs this at boot, before any network manager starts. $SPARE: a card of the host that is not plugged in; it disappears
# into `lan`. There it is up, as frames to a card that is down stay in the wire.
set -eu
folder=$(dirname "$0")

# device MAC: the name of that network card, when udev has named it.
device() {
  for _ in $(seq 600); do
    for card in /sys/class/net/ens*; do
      if read -r found 2>/dev/null <"$card/address" && [ "$found" = "$1" ]; then
        echo "${card##*/}"
        return
      fi
    done
    sleep 0.1
  done
  echo "$0: no network card has the address $1" >&2
  return 1
}

# Each start of a program costs a tenth of a second without KVM, and the boot waits for this script: hence the batches.
ip netns add lan
ip netns add client
ip netns exec lan sysctl -q net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv6.conf.default.accept_dad=0
ip netns exec client sysctl -q net.ipv6.conf.default.accept_dad=0 net.ipv4.ping_group_range='0 0'

number=0
ports=''
for mac; do
  ip link set "$(device "$mac")" netns lan name "wire$number"
  ports="$ports wire$number"
  number=$((number + 1))
done
for mac in ${SPARE-}; do ip link set "$(device "$mac")" netns lan name spare; done

ip -n lan -batch - <<END
link set lo up
link add switch address 52:54:00:00:00:fe type bridge vlan_filtering 1 mcast_snooping 0
link set switch up
$(for port in $ports; do echo "link set $port master switch up"; done)
$(for _ in ${SPARE-}; do echo 'link set spare up'; done)
link add link switch name switch.200 type vlan id 200
link set switch.200 up
addr add 192.0.2.1/24 dev switch
addr add 192.0.2.53/24 dev switch
addr add 192.0.2.254/24 dev switch
addr add 2001:db8:1::1/64 dev switch
addr add 2001:db8:1::53/64 dev switch
addr add 203.0.113.1/24 dev switch.200
addr add 198.51.100.1/32 dev lo
link add client type veth peer name uplink netns client
addr add 10.20.0.1/24 dev client
addr add 2001:db8:20::1/64 dev client
link set client up
END
bridge -n lan -batch - <<END
vlan add dev switch vid 200 self
$(for port in $ports; do echo "vlan add dev $port vid 200"; done)
END
ip -n client -batch - <<END
link set lo up
addr add 10.20.0.2/24 dev uplink
addr add 2001:db8:20::2/64 dev uplink
link set uplink up
route add 0.0.0.0/0 via 10.20.0.1
route add ::/0 via 2001:db8:20::1
END

ip netns exec lan dnsmasq --conf-file="$folder/dnsmasq.conf"
