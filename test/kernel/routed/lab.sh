#!/bin/sh
# lab.sh SITE: builds a router and two hosts on one network. With the site `inside`, the hosts have addresses in the
# guests' networks; with `outside`, in others: then a host that a guest has left cannot forward to the other host.
# shellcheck disable=SC2016
set -e
site=$1
lab=/run/lab
mkdir -p $lab

# space NAME: a network namespace in which IPv6 works without delay.
space() {
  ip netns add "$1"
  nsenter --net="/run/netns/$1" sh -c 'cd /proc/sys/net/ipv6/conf
    for which in all default lo; do echo 0 >$which/disable_ipv6; echo 0 >$which/accept_dad; done'
  ip -n "$1" link set lo up
}

# wire NAME: connects it to the network of all.
wire() {
  ip link add eth0 netns "$1" type veth peer name "lan-$1"
  ip link set "lan-$1" master lan up
  ip -n "$1" link set eth0 up
}

# host NAME NUMBER: also with folders of its own, for libvirt, kvmvlan and its hooks.
host() {
  space "$1"
  wire "$1"
  case $site in
    inside) v4=203.0.113 v6=2001:db8: ;;
    outside) v4=10.0.0 v6=fd00: ;;
  esac
  ip -n "$1" addr add "$v4.$2/24" dev eth0
  ip -n "$1" addr add "$v6:$2/64" dev eth0
  ip -n "$1" route add default via "$v4.1"
  ip -n "$1" route add default via "$v6:1"
  nsenter --net="/run/netns/$1" sh -c 'cd /proc/sys/net
    for on in ipv4/conf/eth0/forwarding ipv6/conf/all/forwarding ipv6/conf/all/proxy_ndp ipv6/conf/eth0/proxy_ndp
    do echo 1 >$on; done
    for off in ipv4/conf/all/send_redirects ipv4/conf/eth0/send_redirects ipv4/neigh/eth0/proxy_delay ipv6/neigh/eth0/proxy_delay
    do echo 0 >$off; done'
  for folder in run/libvirt/qemu run/kvmvlan run/hooks var/lib/kvmvlan; do
    mkdir -p "/$folder" "$lab/$1/$folder"
  done
  nsenter --net="/run/netns/$1" unshare --mount sh -c '
    mount -t sysfs sysfs /sys
    for folder in run/libvirt run/kvmvlan run/hooks var/lib/kvmvlan; do mount --bind "$1/$folder" "/$folder"; done
    echo $$ >"$1/pid"; exec sleep 100000' sh "$lab/$1" </dev/null >/dev/null 2>&1 &
  until [ -s "$lab/$1/pid" ]; do sleep 0.05; done
}

# The rest of the lab: `on SPACE COMMAND…`.
cat >$lab/on <<'END'
#!/bin/sh
space=$1; shift
if [ -e "/run/lab/$space/pid" ]; then exec nsenter -t "$(cat "/run/lab/$space/pid")" -m -n -- "$@"; fi
exec nsenter --net="/run/netns/$space" -- "$@"
END
chmod 755 $lab/on

ip link add lan type bridge mcast_snooping 0
ip link set lan up
space router
wire router
for address in 203.0.113.1/24 10.0.0.1/24 2001:db8::1/64 fd00::1/64; do ip -n router addr add $address dev eth0; done
host host1 11
host host2 12

# The guest. Its interface is a bridge: its taps on the hosts are ports of it only where the guest runs.
space guest
ip -n guest link add eth0 address 52:54:00:00:00:05 type bridge mcast_snooping 0
# Without a port that is up, it would lose its carrier, and frames for a second after it is back.
ip -n guest link add idle master eth0 type veth peer name idle-end
for link in idle idle-end eth0; do ip -n guest link set $link up; done
ip -n guest addr add 203.0.113.20/32 dev eth0
ip -n guest addr add 2001:db8::20/128 dev eth0
ip -n guest route add default via 169.254.0.1 dev eth0 onlink
ip -n guest route add default via fe80::1 dev eth0
