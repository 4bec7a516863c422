#!/bin/bash
# Limits what each guest may send. For qemu_started_begin.d.
#
# ingress_rate.conf has a line for each guest: a rate as tc(8) takes it, and the guest's name.
#   100mbit web1
set -euo pipefail

guest=$1 conf=$2

rate=
while read -r value name; do
  if [[ $name == "$guest" ]]; then rate=$value; fi
done <"$conf"
if [[ -z $rate ]]; then
  echo "$conf names no rate for $guest: nothing to do"
  exit 0
fi

for ((nic = 0; nic < ${LIBVIRT_NIC_COUNT:-0}; nic++)); do
  dev=LIBVIRT_NIC_${nic}_DEV
  if [[ -z ${!dev:-} ]]; then continue; fi # Not every interface has a tap.
  # What the guest sends comes in at its tap, in packets of up to 64 kB.
  tc qdisc del dev "${!dev}" ingress 2>/dev/null || true
  tc qdisc add dev "${!dev}" ingress
  tc filter add dev "${!dev}" ingress matchall action police rate "$rate" burst 1m mtu 65535 conform-exceed drop
  echo "${!dev}: $guest may send $rate"
done
