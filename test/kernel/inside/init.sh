#!/bin/sh
# Process 1 of User-Mode Linux: what a kernel needs before the agent can work.
# $1: the folder shared with the outside, $2: the agent, $3: what runs it, $4: the folder of the kernel's modules
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mountpoint -q /dev || mount -t devtmpfs devtmpfs /dev
mkdir -p /dev/pts /dev/shm && mount -t devpts devpts /dev/pts
ln -s /proc/self/fd /dev/fd; ln -s fd/0 /dev/stdin; ln -s fd/1 /dev/stdout; ln -s fd/2 /dev/stderr

# The root is read-only; this folder alone is shared both ways, at the same path in and out.
mount -t hostfs -o "$1" none "$1"

# No modprobe: /lib/modules is the machine's, not this kernel's. Hence the order: what a module needs comes first.
modules=$4/$(uname -r)/kernel
for module in lib/crc-ccitt net/ipv6/ipv6 net/llc/llc net/802/stp net/bridge/bridge \
  net/802/garp net/802/mrp net/8021q/8021q drivers/net/tun drivers/net/veth drivers/net/dummy \
  net/ipv4/udp_tunnel net/ipv6/ip6_udp_tunnel drivers/net/vxlan/vxlan drivers/net/vrf; do
  insmod "$modules/$module.ko" || echo "init.sh: $module.ko cannot be loaded"
done

# Kernel messages from here on only for a crash: they share the console with the agent's answers.
echo 1 > /proc/sys/kernel/printk
stty raw -echo
exec "$3" -SEB "$2" "$1"
