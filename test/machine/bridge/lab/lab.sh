#!/bin/sh
# lab.sh MAC…: the network outside of this host. These network cards are the far ends of its wires: they become the ports
# wire0, wire1 … of a switch in the namespace `lan`. The switch is also the router, with DHCP, router advertisements and DNS
# for the LAN (untagged) and for VLAN 200 (tagged). Behind the router is the namespace `client`.
# A unit runs this at boot, before any network manager starts. $SPARE: cards of the host that are not plugged in; they
# disappear into `lan`.
set -eu
folder=$(dirname "$0")

# device MAC: the name of that network card, when udev has named it.
device() {
  for _ in $(seq 600); do
    for card in /sys/class/net/ens*; do
      if [ -e "$card" ] && [ "$(cat "$card/address")" = "$1" ]; then
        basename "$card"
        return
      fi
    done
    sleep 0.1
  done
  echo "$0: no network card has the address $1" >&2
  return 1
}

ip netns add lan
ip netns add client
ip netns exec lan sysctl -q net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv6.conf.default.accept_dad=0
ip netns exec client sysctl -q net.ipv6.conf.default.accept_dad=0 net.ipv4.ping_group_range='0 0'

ip -n lan link set lo up
ip -n lan link add switch address 52:54:00:00:00:fe type bridge vlan_filtering 1 mcast_snooping 0
ip -n lan link set switch up
bridge -n lan vlan add dev switch vid 200 self
number=0
for mac; do
  ip link set "$(device "$mac")" netns lan name "wire$number"
  ip -n lan link set "wire$number" master switch up
  bridge -n lan vlan add dev "wire$number" vid 200
  number=$((number + 1))
done
for mac in ${SPARE-}; do ip link set "$(device "$mac")" netns lan; done
ip -n lan link add link switch name switch.200 type vlan id 200
ip -n lan link set switch.200 up
for address in 192.0.2.1/24 192.0.2.53/24 192.0.2.254/24 2001:db8:1::1/64 2001:db8:1::53/64; do
  ip -n lan addr add "$address" dev switch
done
ip -n lan addr add 203.0.113.1/24 dev switch.200
# What is reached by the static route of the host.
ip -n lan addr add 198.51.100.1/32 dev lo

ip -n client link add uplink type veth peer name client netns lan
ip -n lan addr add 10.20.0.1/24 dev client
ip -n lan addr add 2001:db8:20::1/64 dev client
ip -n lan link set client up
ip -n client link set lo up
ip -n client addr add 10.20.0.2/24 dev uplink
ip -n client addr add 2001:db8:20::2/64 dev uplink
ip -n client link set uplink up
ip -n client route add default via 10.20.0.1
ip -n client route add default via 2001:db8:20::1

ip netns exec lan dnsmasq --conf-file="$folder/dnsmasq.conf"
