#!/bin/sh
# Builds the package of kvmvlan from this checkout and installs it. See: ./install.sh --help
set -eu
LC_ALL=C
export LC_ALL
umask 022

usage() {
  cat <<'END'
Usage: sudo ./install.sh [--dry-run]
       sudo ./install.sh --uninstall [--dry-run]
       ./install.sh --root DIR [--uninstall] [--dry-run]

Builds the package of kvmvlan (kvmvlan_<version>_all.deb or kvmvlan-<version>.noarch.rpm, in
build/dist) and installs it with apt or dnf. Node.js and npm, which the build needs, are installed
if they are missing. If you run it again, it builds only if the sources have changed.

  --dry-run    print what would be done, change nothing
  --uninstall  remove the package; conf and logs stay
  --root DIR   copy the files below DIR, without a package: for images, and with `--root /` for
               distributions that have neither apt nor dnf. Node.js and npm must be installed.

An edited conf file is never overwritten: a new sample is written next to it. The package keeps a
hook of another program under another name, and puts it back when it is removed. `--root` refuses
to replace a file that does not belong to kvmvlan.

Exit status: 0 done, 1 failed, 2 wrong usage.
END
}

say() { printf '%s\n' "$*"; }
die() {
  printf 'install.sh: %s\n' "$*" >&2
  exit 1
}
bad_usage() {
  printf 'install.sh: %s\ninstall.sh: ./install.sh --help lists the options\n' "$1" >&2
  exit 2
}

# run COMMAND…: in a dry run only prints it.
run() {
  if [ "$dry" = 1 ]; then say "  would run: $*"; else "$@"; fi
}

# quietly WHAT COMMAND…: shows the output only if the command fails. npm prints the reason first, apt last.
quietly() {
  say "$1"
  shift
  if "$@" >"$work/log" 2>&1 </dev/null; then return; fi
  if [ "$(wc -l <"$work/log")" -le 60 ]; then
    cat -- "$work/log" >&2
  else
    { head -n 25 -- "$work/log"; echo '  …'; tail -n 25 -- "$work/log"; } >&2
  fi
  return 1
}

# ---------------------------------------------------------------- build

# serves: is there a Node.js that can build? package.json has the same version.
serves() {
  node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 18 || (a == 18 && b >= 19) ? 0 : 1)' 2>/dev/null
}

# update_lists: a new host has no package lists.
update_lists() {
  if [ "$packager:$dry:$updated" != apt:0:no ]; then return; fi
  updated=yes
  quietly 'Running: apt-get update' apt-get update || say 'apt-get update failed; continuing with the old package lists'
}

# install_tools: installs what the build needs and what is missing.
install_tools() {
  tools=''
  if ! serves; then tools=' nodejs'; fi
  if ! command -v npm >/dev/null; then tools="$tools npm"; fi
  if [ "$packager" = dnf ] && ! command -v rpmbuild >/dev/null; then tools="$tools rpm-build"; fi
  if [ -z "$tools" ]; then return; fi
  say "The build needs:$tools"
  # shellcheck disable=SC2086 # a list of words
  case $packager in
    apt) set -- apt-get install -y --no-install-recommends $tools ;;
    dnf) set -- dnf install -y $tools ;;
    *) die "install$tools (Node.js 18.19 or newer), and run this again" ;;
  esac
  if [ "$dry" = 1 ]; then
    run "$@"
    return
  fi
  update_lists
  export DEBIAN_FRONTEND=noninteractive
  quietly "Running: $*" "$@" || die "$1 could not install$tools (see above). Fix that, or install them yourself, and run this again."
  if ! serves; then
    die "the Node.js of this distribution is older than 18.19: $(node --version). Install a newer one as /usr/bin/node, for
example from https://nodejs.org/en/download/package-manager (with dnf: dnf module enable nodejs:20), and run this again."
  fi
  case $tools in *npm*) later='npm was installed only for the build; you can remove it.' ;; esac
}

# is_built FILE: is it newer than all sources?
is_built() {
  [ -e "$1" ] && [ -z "$(cd -- "$here" && find hooks lib build conf docs package.json package-lock.json tsconfig.json \
    README.md SECURITY.md LICENSE -path build/dist -prune -o -type f -newer "$1" -print | head -n 1)" ]
}

# as_builder COMMAND…: runs it as the user who called sudo, so that the user's npm settings (proxy, mirror) are used,
# and no file in the user's checkout belongs to root.
as_builder() {
  case $(id -u):${SUDO_USER:-root} in
    0:root | [1-9]*) "$@" ;;
    *) runuser -u "$SUDO_USER" -- env HOME="$(getent passwd "$SUDO_USER" | cut -d: -f6)" PATH="$PATH" "$@" ;;
  esac
}

# build FORMAT: builds in a copy, so that node_modules of the checkout do not change; keeps the result in the checkout,
# so that the next run needs no network. Sets built to its folder.
build() {
  # A hardened /tmp is often mounted noexec; programs such as esbuild could not be run there.
  for place in "$work" /var/tmp "$here/build"; do
    copy=$(mktemp -d "$place/.kvmvlan.XXXXXX" 2>/dev/null) || continue
    cp -- /bin/true "$copy/try" && "$copy/try" 2>/dev/null && break
    rm -rf -- "$copy"
    copy=''
  done
  [ -n "$copy" ] || die "no folder to build in: the temporary folders are mounted noexec, and $here is not writable"
  tar -C "$here" --exclude=./node_modules --exclude=./.git --exclude=./build/dist --exclude=./test \
    --exclude='./build/.kvmvlan.*' -cf - . | tar -C "$copy" --no-same-owner -xf -
  if [ "$(id -u):${SUDO_USER:-root}" != 0:root ] && [ "$(id -u)" = 0 ]; then chown -R -- "$SUDO_USER" "$copy"; fi
  # shellcheck disable=SC2016 # for the inner shell
  quietly 'Building: npm ci --omit=dev --ignore-scripts, npm run package' as_builder sh -c '
    cd -- "$1" && npm ci --omit=dev --ignore-scripts --prefer-offline --no-audit --no-fund --loglevel=error &&
      GIT_DIR=$2 GIT_WORK_TREE=$1 npm run package "$3"
  ' build "$copy" "$here/.git" "$1" ||
    die 'the build failed (see above); nothing was installed. If it did not reach the npm registry, set a proxy or mirror with npm config.'
  built=$copy/build/dist
  # shellcheck disable=SC2016
  as_builder sh -c 'cd -- "$1" && mkdir -p build/dist && rm -rf build/dist/tree build/dist/kvmvlan[_-]*."$3" &&
    cp -R --remove-destination -- "$2/." build/dist/' keep "$here" "$built" "$1" 2>/dev/null || :
}

# ---------------------------------------------------------------- with apt or dnf

# list_packaged FORMAT: prints the paths that the package will have.
list_packaged() {
  sed -n "s/^[a-z]* [^ ]* \([^ ]*\)\( $1\)\{0,1\}\$/    \1/p" "$here/build/packages/files"
}

install_package() {
  case $packager in
    apt) format=deb ;;
    dnf) format=rpm ;;
    *) die "neither apt-get nor dnf was found. To copy the files without a package: ./install.sh --root /" ;;
  esac
  built=$here/build/dist
  set -- "$built"/kvmvlan[_-]*."$format"
  if ! serves || ! command -v ip >/dev/null; then update_lists; fi
  if [ $# != 1 ] || ! is_built "$1"; then
    install_tools
    if [ "$dry" = 1 ]; then
      say '  would build, in a temporary folder: npm ci --omit=dev --ignore-scripts, npm run package'
      say "  would install the package, with its dependencies:"
      list_packaged $format
      return
    fi
    build $format
    set -- "$built"/kvmvlan[_-]*."$format"
  fi
  # apt reads it as another user, who may not be allowed to enter the folder of the checkout.
  package=$work/${1##*/}
  cp -- "$1" "$package"
  say "Installing ${1##*/}"
  if [ "$dry" = 1 ]; then
    case $packager in apt) apt-get -s install --reinstall --allow-downgrades "$package" ;; *) run dnf install "$1" ;; esac
    return
  fi
  case $packager in
    apt)
      DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends --reinstall --allow-downgrades \
        -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$package" </dev/null
      ;;
    dnf)
      action=install
      if rpm -q "$(rpm -qp --nosignature "$package")" >/dev/null 2>&1; then action=reinstall; fi
      dnf "$action" -y --nogpgcheck "$package" </dev/null
      ;;
  esac || die "$packager could not install the package (see above). Fix that, and run this again."
  advise
}

# advise: no advice on conf files that the user has edited.
advise() {
  if [ -n "$later" ]; then say "$later"; fi
  for sample in bridge_init vlan_filtering; do
    cmp -s -- "$here/conf/$sample.conf" "$root$hooks/conf/$sample.conf" || return 0
  done
  say "kvmvlan is installed. Describe your bridges and guests in $hooks/conf/bridge_init.conf and
vlan_filtering.conf; then run: kvmvlan check; kvmvlan plan; sudo kvmvlan apply"
}

remove_package() {
  if dpkg-query -W -f '${db:Status-Status}' kvmvlan 2>/dev/null | grep -q '^installed'; then
    run env DEBIAN_FRONTEND=noninteractive apt-get remove -y -qq -o Dpkg::Use-Pty=0 kvmvlan
    say "conf and logs stay in $hooks. To remove them too: apt-get purge kvmvlan"
  elif rpm -q kvmvlan >/dev/null 2>&1; then
    run dnf remove -y kvmvlan
  elif [ -e "$hooks/conf/.shipped" ]; then
    die "kvmvlan was installed here without a package. Run ./install.sh, which replaces that by the package, and then
./install.sh --uninstall. If you copied the files with --root /: ./install.sh --uninstall --root /"
  else
    say 'kvmvlan is not installed here.'
    return
  fi
  say 'libvirt need not be reloaded. Bridges and running guests keep the VLANs they have now.'
}

PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
hooks=/etc/libvirt/hooks
here=$(CDPATH='' cd -P -- "$(dirname -- "$0")" && pwd)
dry=0 uninstall=0 copies=0 root='' root_asked='' copy='' work='' later='' updated=no
packager=''
if command -v apt-get >/dev/null; then packager=apt; elif command -v dnf >/dev/null; then packager=dnf; fi

while [ $# -gt 0 ]; do
  case $1 in
    --help | -h)
      usage
      exit 0
      ;;
    --dry-run) dry=1 ;;
    --uninstall) uninstall=1 ;;
    --root=*) root_asked=${1#*=} copies=1 ;;
    --root)
      [ $# -ge 2 ] || bad_usage "$1 needs a value"
      root_asked=$2 copies=1
      shift
      ;;
    *) bad_usage "unknown argument '$1'" ;;
  esac
  shift
done
if [ "$copies" = 1 ] && [ -z "$root_asked" ]; then bad_usage '--root needs a value'; fi
if [ "$dry" = 0 ] && [ "$copies" = 0 ] && [ "$(id -u)" != 0 ]; then
  die 'this needs root: sudo ./install.sh (or --dry-run to see what it would do, --root DIR to copy the files elsewhere)'
fi
trap 'rm -rf -- "$work" ${copy:+"$copy"}' EXIT
trap 'exit 1' HUP INT TERM
work=$(mktemp -d)
chmod 0755 "$work" # apt and the build may run as another user
if [ "$copies" = 1 ]; then
  # shellcheck source=build/packages/copy.sh
  . "$here/build/packages/copy.sh"
  set_root "$root_asked"
fi
case $copies:$uninstall in
  0:0) install_package ;;
  0:1) remove_package ;;
  1:0) copy_files ;;
  1:1) remove_files ;;
esac
