#!/bin/sh
# add_set.sh ROOT SET PACKAGE…: a hook of mmdebstrap. Installs packages in a copy of the Debian in ROOT, and notes what that
# changes: the files of /opt/sets/SET.tar are new or different, those in /opt/sets/SET.gone have disappeared.
# So a test gets packages that cannot be in the image for all, in a second; dpkg would take minutes without KVM.
set -eu
root=$1 set=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

files() { (cd "$work/copy" && find . -xdev \( -path ./var/log -o -path ./var/cache -o -path ./run \) -prune -o -print | sort) >"$work/$1"; }

cp -ax "$root" "$work/copy"
files before
touch "$work/stamp"
chroot "$work/copy" apt-get -qq -o Dpkg::Options::=--force-unsafe-io install -y --purge --no-install-recommends "$@"
files after
mkdir -p "$root/opt/sets"
(cd "$work/copy" && find . -xdev -cnewer ../stamp -print | sort) | comm -12 - "$work/after" |
  tar -C "$work/copy" --no-recursion -cf "$root/opt/sets/$set.tar" -T -
comm -23 "$work/before" "$work/after" >"$root/opt/sets/$set.gone"
