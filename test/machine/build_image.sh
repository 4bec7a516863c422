#!/bin/sh
# build_image.sh SUITE PACKAGES FOLDER: a Debian as users have it, as disk.img, vmlinuz and initrd.img in FOLDER.
# No mount and no virtual machine is needed. As an ordinary user it takes fakeroot and uidmap.
set -eu
suite=$1 packages=$2 folder=$3
here=$(cd "$(dirname "$0")" && pwd)

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else fakeroot "$@"; fi
}

# The DHCP client that this release installs with ifupdown.
case $suite in bookworm) dhcp_client=isc-dhcp-client ;; *) dhcp_client=dhcpcd-base ;; esac

# Documentation is a third of the files.
# The initial RAM disk only has to find the disk: with all drivers, it takes a quarter of the time, and is made twice.
# apparmor_parser compiles each guest's profile some five times when it starts, which is half of what a start costs
# here: parser.conf is where its users make it quicker; the policy stays the same.
# Sets are packages that a test adds: ifupdown replaces ifupdown2, and systemd-resolved replaces /etc/resolv.conf.
# Nothing may wait for a network that is never there; e2scrub only costs time.
# shellcheck disable=SC2016 # $1 is for the shell of the hook
mmdebstrap --variant=minbase --include="$packages" \
  --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' \
  --essential-hook='mkdir -p "$1/etc/initramfs-tools/conf.d" "$1/usr/share/initramfs-tools/modules.d"' \
  --essential-hook='echo MODULES=list >"$1/etc/initramfs-tools/conf.d/machine"' \
  --essential-hook='printf "%s\n" virtio_pci virtio_blk ext4 crc32c_generic >"$1/usr/share/initramfs-tools/modules.d/machine"' \
  --customize-hook="copy-in '$here/guest/kvmvlan-agent.service' /etc/systemd/system" \
  --customize-hook='chroot "$1" systemctl enable kvmvlan-agent.service systemd-networkd.service' \
  --customize-hook='chroot "$1" systemctl disable NetworkManager.service networking.service networkd-dispatcher.service' \
  --customize-hook='chroot "$1" systemctl disable ssh.service' \
  --customize-hook="'$here/add_set.sh' \"\$1\" ifupdown ifupdown ifenslave resolvconf $dhcp_client" \
  --customize-hook="'$here/add_set.sh' \"\$1\" ifupdown2 isc-dhcp-client" \
  --customize-hook="'$here/add_set.sh' \"\$1\" resolved systemd-resolved" \
  --customize-hook='chroot "$1" systemctl mask e2scrub_reap.service systemd-networkd-wait-online.service' \
  --customize-hook='echo Optimize=no-expr-simplify >>"$1/etc/apparmor/parser.conf"' \
  --customize-hook='echo host >"$1/etc/hostname"; echo "127.0.0.1 localhost host" >"$1/etc/hosts"' \
  "$suite" "$folder/root.tar"

mkdir "$folder/root"
tar -xOf "$folder/root.tar" --wildcards './boot/vmlinuz-*' >"$folder/vmlinuz"
tar -xOf "$folder/root.tar" --wildcards './boot/initrd.img-*' >"$folder/initrd.img"
truncate -s 4G "$folder/disk.img"
# shellcheck disable=SC2016 # $0 is the inner shell's
as_root sh -c 'tar -C "$0/root" --exclude="./dev/*" -xf "$0/root.tar" && mkfs.ext4 -q -F -d "$0/root" "$0/disk.img"' "$folder"
chmod -R u+rwX "$folder/root"
rm -rf "$folder/root" "$folder/root.tar"
