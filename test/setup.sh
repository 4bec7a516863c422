#!/bin/sh
# setup.sh [unit] [kernel] [fleet] [machine] [install] [bench]: checks what these tiers of tests need in addition to
# npm's packages, reports what is missing, and installs it if it can (as root, with apt-get). If something is still
# missing, tests are skipped, or with KVMVLAN_REQUIRE_ALL_TIERS=1 this script fails. If nothing is missing, it is quick.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

# lacking <command>=<Debian package>…: prints the packages of missing commands.
lacking() {
  for pair; do
    command -v "${pair%%=*}" >/dev/null || echo "${pair#*=}"
  done | sort -u | tr '\n' ' '
}

can_install() {
  test "$(id -u)" = 0 && command -v apt-get >/dev/null
}

apt_install() {
  test -n "$updated" || apt-get -qq update
  updated=yes
  DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$@" >/dev/null
}

# Tools whose packages would take over this machine's network are not installed, but unpacked here.
tools=${KVMVLAN_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kvmvlan}/tools

# has_tool COMMAND: is it installed, or unpacked?
has_tool() {
  command -v "$1" >/dev/null || test -n "$(find "$tools"/sbin/"$1" "$tools"/usr/bin/"$1" "$tools"/usr/sbin/"$1" 2>/dev/null)"
}

# unpack PACKAGE: its libraries must be installed.
unpack() (
  mkdir -p "$tools" && folder=$(mktemp -d) && cd "$folder" || exit 1
  apt-get -qq -o APT::Sandbox::User=root download "$1" && dpkg -x ./*.deb "$tools"
  status=$?
  rm -rf "$folder"
  exit "$status"
)

own_kernel_filters_vlans() {
  if [ "$(id -u)" = 0 ]; then set -- --net; else set -- --map-root-user --net; fi
  unshare "$@" ip link add name probe type bridge vlan_filtering 1 2>/dev/null
}

# These of Debian 14 are faster than the ones of this release: the kernel tier takes less than half the time with a
# User-Mode Linux since 6.16, where a seccomp filter replaces ptrace, and the machine tier a fifth less with QEMU 11.
newer=forky

# unpack_newer COMMAND PACKAGE: with all libraries that it needs, the C library too.
unpack_newer() (
  lib=lib/x86_64-linux-gnu
  apt_install mmdebstrap patchelf && mkdir -p "$tools/$newer" && folder=$(mktemp -d "$tools/$newer/$1.XXXXXX") || exit 1
  # The release file of a Debian that is not released expires, while a mirror may lag behind.
  mmdebstrap --quiet --variant=extract --include="$2" \
    --aptopt='Acquire::Check-Valid-Until "false"' "$newer" "$folder" &&
    patchelf --set-interpreter "$tools/$newer/$1/usr/$lib/ld-linux-x86-64.so.2" \
      --force-rpath --set-rpath "\$ORIGIN/../$lib" "$folder/usr/bin/$1" &&
    chmod 755 "$folder" && rm -rf "${tools:?}/$newer/$1" && mv "$folder" "$tools/$newer/$1"
  status=$?
  rm -rf "$folder"
  exit "$status"
)

# has_newer COMMAND: where no newer one can be had, that of this release is good enough.
has_newer() {
  test -x "$tools/$newer/$1/usr/bin/$1" && return
  case $newer_tried in *"$1"*) ;; *) ! can_install || return ;; esac
  command -v "$1" >/dev/null
}

# needs TIER: prints the missing packages of a tier.
needs() {
  case $1 in
    unit)
      lacking zsh=zsh mandoc=mandoc groff=groff-base python3=python3 promtool=prometheus journalctl=systemd netplan=netplan.io
      has_tool ifup || echo ifupdown
      # nmcli is in network-manager, and its library can be installed.
      has_tool nmcli || echo network-manager
      has_tool cloud-init || echo cloud-init
      ;;
    kernel)
      lacking ip=iproute2 bridge=iproute2 python3=python3 tcpdump=tcpdump nft=nftables
      # User-Mode Linux is needed only if this kernel, which is faster, cannot be used.
      own_kernel_filters_vlans || {
        has_newer linux.uml || echo user-mode-linux
        lacking insmod=kmod
      }
      ;;
    # Tests of the unit and kernel tiers that run fleet tools, or firewalls; `npm run demo` does not need them.
    fleet) lacking mmdebstrap=mmdebstrap ansible-playbook=ansible-core ansible-lint=ansible-lint puppet=puppet-agent ;;
    # `npm run bench` compares kvmvlan with a Python suite that needs this package.
    bench) /usr/bin/python3 -c 'import pyroute2' 2>/dev/null || echo python3-pyroute2 ;;
    install) lacking mmdebstrap=mmdebstrap shellcheck=shellcheck lintian=lintian rpmbuild=rpm rpmlint=rpmlint ;;
    machine)
      lacking mmdebstrap=mmdebstrap mkfs.ext4=e2fsprogs
      has_newer qemu-system-x86_64 || echo qemu-system-x86
      ;;
  esac
}

cloud_init_libraries="python3-configobj python3-jinja2 python3-jsonpatch python3-jsonschema python3-oauthlib python3-requests python3-serial python3-yaml"

# newest PACKAGE COMMAND: unpacks it, or adds the one of this release to the packages that are to be installed.
newest() {
  newer_tried="$newer_tried $2"
  unpack_newer "$2" "$1" || packages="$packages $1"
}

# install PACKAGES TIER: installs each tier separately, because some packages may not exist for this machine's processor.
install() {
  test -n "$1" || return 0
  can_install || return 0
  echo "setup: installing for the $2 tier: ${1% }"
  packages=
  for package in $1; do
    case $package in
      ifupdown) unpack ifupdown ;;
      network-manager) unpack network-manager && packages="$packages libnm0 libreadline8" ;;
      cloud-init) unpack cloud-init && packages="$packages $cloud_init_libraries" ;;
      user-mode-linux) newest "$package" linux.uml ;;
      qemu-system-x86) newest "$package" qemu-system-x86_64 ;;
      *) packages="$packages $package" ;;
    esac
  done
  # shellcheck disable=SC2086 # one word a package
  apt_install $packages
}

status=0
test $# -gt 0 || set -- unit kernel fleet machine install
for tier; do
  install "$(needs "$tier")" "$tier"
  missing=$(needs "$tier")
  test -n "$missing" || continue
  echo "setup: tests of the $tier tier will be skipped; they need these Debian packages: ${missing% }"
  test "$KVMVLAN_REQUIRE_ALL_TIERS" != 1 || status=1
done
exit $status
