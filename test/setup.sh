#!/bin/sh
# setup.sh [unit] [kernel] [machine] [install] [bench]: what these tiers of tests need besides npm's packages. Tells what is missing, and
# installs it where it may (root, apt-get). A tier that still lacks something is skipped, unless
# KVMVLAN_REQUIRE_ALL_TIERS=1. Instant when nothing is missing.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

# lacking <command>=<Debian package>…: the packages of those commands that are not here
lacking() {
  for pair; do
    command -v "${pair%%=*}" >/dev/null || echo "${pair#*=}"
  done | sort -u | tr '\n' ' '
}

own_kernel_filters_vlans() {
  if [ "$(id -u)" = 0 ]; then set -- --net; else set -- --map-root-user --net; fi
  unshare "$@" ip link add name probe type bridge vlan_filtering 1 2>/dev/null
}

# The packages that a tier lacks.
needs() {
  case $1 in
    unit) lacking zsh=zsh mandoc=mandoc groff=groff-base python3=python3 ;;
    kernel)
      lacking ip=iproute2 bridge=iproute2 python3=python3
      # User-Mode Linux only where this kernel, which is faster, does not do.
      uml=$(lacking linux.uml=user-mode-linux insmod=kmod)
      test -z "$uml" || own_kernel_filters_vlans || echo "$uml"
      ;;
    # What the Python suite of the same name loads; `npm run bench` compares with it.
    bench) /usr/bin/python3 -c 'import pyroute2' 2>/dev/null || echo python3-pyroute2 ;;
    install) lacking mmdebstrap=mmdebstrap shellcheck=shellcheck ;;
    machine) lacking mmdebstrap=mmdebstrap qemu-system-x86_64=qemu-system-x86 mkfs.ext4=e2fsprogs ;;
  esac
}

# Each tier by itself: what one needs may not exist for this machine's processor.
install() {
  test -n "$1" || return 0
  test "$(id -u)" = 0 && command -v apt-get >/dev/null || return 0
  echo "setup: installing for the $2 tier: ${1% }"
  test -n "$updated" || apt-get -qq update
  updated=yes
  # shellcheck disable=SC2086 # one word a package
  DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $1 >/dev/null
}

status=0
test $# -gt 0 || set -- unit kernel machine install
for tier; do
  install "$(needs "$tier")" "$tier"
  missing=$(needs "$tier")
  test -n "$missing" || continue
  echo "setup: the $tier tier will be skipped, or a part of it; it needs these Debian packages: ${missing% }"
  test "$KVMVLAN_REQUIRE_ALL_TIERS" != 1 || status=1
done
exit $status
