#!/bin/sh
# Installs kvmvlan's libvirt hooks on a KVM host. See: ./install.sh --help
set -eu
LC_ALL=C
export LC_ALL
umask 022

hooks=/etc/libvirt/hooks
stale=/run/kvmvlan/reload-needed # the daemons that do not know all hooks: `<pid> <start time> <name>`
snapshots=/var/cache/kvmvlan # from which hooks and commands start faster
units=/usr/local/lib/systemd/system # of those that systemd reads, the one for neither packages nor admins
node_major=18 # with node_minor: the oldest Node.js that serves
node_minor=19

# All that is installed, in this order: one line for each, `<kind> <what> <where>`.
#   dir   <mode>               a folder, made with this mode where there is none
#   conf  <file, in checkout>  a sample conf, never written over an edited one
#   hook  <file, as built>     an executable bundle; gets the path of node written into it
#   link  <target>             a symbolic link
#   text  <file, as built>     a man page and the like, mode 0644
#   unit  <file, in checkout>  the same, but only where systemd is
#   event <file, in checkout>  a script that starts a unit, mode 0755, the same; in a folder of another program only
#                              where that is installed
#   gone  <target>             a link of a version before, which is removed
# Dispatchers come last: libvirt calls none before all that it needs is there.
items() {
  echo "dir 0755 $hooks"
  echo "dir 0750 $hooks/logs"
  for folder in conf bin daemon_start.d daemon_reload.d daemon_shutdown.d \
    qemu_prepare_begin.d qemu_start_begin.d qemu_started_begin.d qemu_stopped_end.d qemu_release_end.d \
    qemu_reconnect_begin.d qemu_migrate_begin.d qemu_restore_begin.d \
    network_start_begin.d network_started_begin.d network_updated_begin.d network_stopped_end.d \
    network_port-created_begin.d network_port-deleted_begin.d; do
    echo "dir 0755 $hooks/$folder"
  done
  cat <<END
conf conf/bridge_init.conf $hooks/conf/bridge_init.conf
conf conf/vlan_filtering.conf $hooks/conf/vlan_filtering.conf
conf conf/dispatch.conf $hooks/conf/dispatch.conf
hook build/dist/hooks/daemon_start.d/bridge_init $hooks/daemon_start.d/bridge_init
link ../daemon_start.d/bridge_init $hooks/daemon_reload.d/bridge_init
link ../daemon_start.d/bridge_init $hooks/network_started_begin.d/bridge_init
hook build/dist/hooks/qemu_start_begin.d/vlan_filtering $hooks/qemu_start_begin.d/vlan_filtering
link ../qemu_start_begin.d/vlan_filtering $hooks/qemu_started_begin.d/vlan_filtering
link ../qemu_start_begin.d/vlan_filtering $hooks/daemon_start.d/vlan_filtering
link ../qemu_start_begin.d/vlan_filtering $hooks/qemu_stopped_end.d/vlan_filtering
link ../qemu_start_begin.d/vlan_filtering $hooks/daemon_reload.d/vlan_filtering
gone ../qemu_start_begin.d/vlan_filtering $hooks/qemu_reconnect_begin.d/vlan_filtering
hook build/dist/hooks/bin/kvmvlan $hooks/bin/kvmvlan
link $hooks/bin/kvmvlan /usr/local/sbin/kvmvlan
link $hooks/daemon_start.d/bridge_init /usr/local/sbin/bridge_init
link $hooks/qemu_start_begin.d/vlan_filtering /usr/local/sbin/vlan_filtering
event conf/dispatchers/kvmvlan-repair $hooks/bin/kvmvlan-repair
hook build/dist/hooks/daemon $hooks/daemon
hook build/dist/hooks/qemu $hooks/qemu
hook build/dist/hooks/network $hooks/network
hook build/dist/hooks/lxc $hooks/lxc
hook build/dist/hooks/libxl $hooks/libxl
text build/dist/man/kvmvlan.8 /usr/local/share/man/man8/kvmvlan.8
text build/dist/man/vlan_filtering.8 /usr/local/share/man/man8/vlan_filtering.8
text build/dist/man/bridge_init.8 /usr/local/share/man/man8/bridge_init.8
text build/dist/man/vlan_filtering.conf.5 /usr/local/share/man/man5/vlan_filtering.conf.5
text build/dist/man/bridge_init.conf.5 /usr/local/share/man/man5/bridge_init.conf.5
text build/dist/man/dispatch.conf.5 /usr/local/share/man/man5/dispatch.conf.5
text build/dist/completions/kvmvlan.bash /usr/local/share/bash-completion/completions/kvmvlan
link kvmvlan /usr/local/share/bash-completion/completions/vlan_filtering
link kvmvlan /usr/local/share/bash-completion/completions/bridge_init
text build/dist/completions/_kvmvlan /usr/local/share/zsh/site-functions/_kvmvlan
unit conf/systemd/kvmvlan.service $units/kvmvlan.service
unit conf/systemd/kvmvlan-followup.service $units/kvmvlan-followup.service
unit conf/systemd/kvmvlan-followup.target $units/kvmvlan-followup.target
unit conf/systemd/kvmvlan.path $units/kvmvlan.path
unit conf/systemd/kvmvlan-repair.service $units/kvmvlan-repair.service
unit conf/systemd/kvmvlan-repair.timer $units/kvmvlan-repair.timer
event conf/dispatchers/networkmanager/50-kvmvlan /etc/NetworkManager/dispatcher.d/50-kvmvlan
event conf/dispatchers/networkd/50-kvmvlan /etc/networkd-dispatcher/configured.d/50-kvmvlan
event conf/dispatchers/ifupdown/kvmvlan /etc/network/if-up.d/kvmvlan
END
}

# The units that are enabled and started once; later they stay as the admin has them.
enabled_units='kvmvlan.path kvmvlan-repair.timer'

# Scripts of kvmvlan's Python predecessor, in any phase folder: they read the same conf and write
# the same logs as ours, so they are set aside.
superseded='bridge_init.py vlan_filtering.py'

# What a set-aside file is called; the dispatcher skips *.bak in phase folders.
aside=.before-kvmvlan

usage() {
  cat <<END
Usage: sudo ./install.sh [--dry-run] [--node FILE] [--apparmor-ok] [--root DIR]
       sudo ./install.sh --uninstall [--dry-run] [--root DIR]

Installs kvmvlan's libvirt hooks into $hooks, the commands kvmvlan, bridge_init and
vlan_filtering into /usr/local/sbin, and systemd units that notice hot-plugged interfaces
and repair what other programs change on bridges. What is missing (node, npm to build, iproute2) is installed by apt or dnf.
To upgrade, run it again: what is right already is not touched.

  --dry-run    print what would be done, change nothing
  --uninstall  remove the hooks and commands, put back what was set aside for them;
               conf and logs stay
  --root DIR   install below DIR (packages, images): files only, nothing on this machine
  --node FILE  the node that the hooks shall use; unless given: /usr/bin/node, or the
               first on PATH, that is $node_major.$node_minor or newer
  --apparmor-ok
               AppArmor lets libvirt run that node: do not look whether it does
  --help       this text

Your files are safe: a conf that you edited stays as it is and the new sample is put beside
it as <name>.new; a hook of somebody else that is in the way is kept as <name>$aside.bak.
To keep vlan_filtering or bridge_init from running as a hook, write \`enabled = no\` under its name
into $hooks/conf/dispatch.conf. (A mask in place of the file would also
end the command and all phases that are links to it.)

Exit status: 0 done, 1 failed, 2 wrong usage.
END
}

say() { printf '%s\n' "$*"; }
warn() { printf 'install.sh: %s\n' "$*" >&2; }
die() {
  warn "$@"
  exit 1
}
bad_usage() {
  warn "$1"
  warn "./install.sh --help tells the options"
  exit 2
}

# did PAST INFINITIVE TEXT: one change, made or (dry run) to be made.
did() {
  tell_folders
  changes=$((changes + 1))
  if [ "$dry" = 1 ]; then say "  would $2 $3"; else say "  $1 $3"; fi
}

# shown PATH: as it is written in those lines, short where it is below the hooks root.
shown() { printf '%s\n' "${1#"$root$hooks/"}"; }

# tell_folders: the new folders, which come in dozens, in one line.
tell_folders() {
  if [ -z "$folders" ]; then return; fi
  if [ "$dry" = 1 ]; then set -- 'would make'; else set -- made; fi
  printf '  %s folders:%s\n' "$1" "$folders" | fold -s -w 100 | sed '2,$s/^/    /'
  folders=''
}

# later TEXT: something to tell at the end, so that it is not lost among the rest.
later() {
  notes="$notes
$1"
}

# show_log FILE: what a command said that failed. npm tells the reason first, apt last.
show_log() {
  if [ "$(wc -l <"$1")" -le 60 ]; then
    cat -- "$1" >&2
  else
    { head -n 25 -- "$1"; echo '  …'; tail -n 25 -- "$1"; } >&2
  fi
}

# tell_notes: also at the end of a run that failed, as the next one finds done what they are about.
tell_notes() {
  if [ -z "$notes" ]; then return; fi
  say "
Note:"
  printf '%s\n' "$notes" | sed -e 1d -e 's/^\([^ ]\)/- \1/'
}

clean_up() {
  if [ -n "$tmp" ]; then rm -f -- "$tmp"; fi
  if [ -n "$work" ]; then rm -rf -- "$work"; fi
  if [ -n "$copy" ]; then rm -rf -- "$copy"; fi
  tell_notes
}

parse_options() {
  while [ $# -gt 0 ]; do
    case $1 in
      --help | -h)
        usage
        exit 0
        ;;
      --dry-run) dry=1 ;;
      --uninstall) uninstall=1 ;;
      --apparmor-ok) apparmor_ok=1 ;;
      --root | --node)
        [ $# -ge 2 ] || bad_usage "$1 needs a value"
        set_option "$1" "$2"
        shift
        ;;
      --root=* | --node=*) set_option "${1%%=*}" "${1#*=}" ;;
      *) bad_usage "unknown argument '$1'" ;;
    esac
    shift
  done
}

# inode PATH: what it leads to, whatever it is called: `<device>:<inode>`, or nothing where there is none.
inode() { stat -L -c %d:%i -- "$1" 2>/dev/null; }

# is_own DIR PATH: is DIR this machine's own PATH under another name (a link, a bind mount)? Seen from a chroot or
# a container the machine's own is that of process 1, too.
is_own() {
  own_inode=$(inode "$1") || return 1
  [ "$own_inode" = "$(inode "$2")" ] || [ "$own_inode" = "$(inode "/proc/1/root$2")" ]
}

set_option() {
  case $2 in
    '') bad_usage "$1 needs a value" ;;
    /*) ;;
    *) set -- "$1" "$PWD/$2" ;;
  esac
  if [ "$1" = --root ]; then
    live=0
    # Without `..` and links: what is not there yet must not come to lead elsewhere once it is.
    root=$(readlink -m -- "$2")
    # Files alone, without libvirt, AppArmor and all that, are not what is wanted of this machine.
    if is_own "$root" / || is_own "$2" /; then
      bad_usage "--root $2 is this machine itself: leave --root out, or name another folder"
    fi
    if is_own "$root/etc" /etc; then bad_usage "--root $2 has this machine's own /etc: name another folder"; fi
    # Under /proc/<pid> links say where they lead in their process, not here.
    if [ "$(inode "$2")" != "$(inode "$root")" ]; then
      bad_usage "--root $2 leads elsewhere than its links say: name the folder itself"
    fi
  else
    node_asked=$2
  fi
}

# ---------------------------------------------------------------- what is on this machine

# version_serves VERSION: is it (as `node --version` says it) new enough?
version_serves() {
  version_rest=${1#v}
  version_major=${version_rest%%.*}
  version_rest=${version_rest#*.}
  version_minor=${version_rest%%.*}
  case $version_major in '' | *[!0-9]*) return 1 ;; esac
  case $version_minor in '' | *[!0-9]*) return 1 ;; esac
  [ "$version_major" -gt "$node_major" ] ||
    { [ "$version_major" -eq "$node_major" ] && [ "$version_minor" -ge "$node_minor" ]; }
}

# is_open PATH: can it be written by others than root?
is_open() { [ "$(stat -L -c %u -- "$1")" != 0 ] || [ -n "$(find -L "$1" -prune -perm /022)" ]; }

# open_way FILE: prints the first of FILE, what it leads to and the folders of both that is open: who may
# write a folder may put another file there. (One that is sticky, as /tmp, does not keep its owner from that.)
open_way() {
  for way in "$1" "$(readlink -f -- "$1")"; do
    while ! is_open "${way:-/}"; do
      if [ -z "$way" ]; then continue 2; fi
      way=${way%/*}
    done
    printf '%s\n' "${way:-/}"
    return
  done
}

# try_node FILE: sets node if FILE serves, else adds the reason to node_why.
try_node() {
  if ! [ -x "$1" ] || [ -d "$1" ]; then return 1; fi
  case $1 in
    # The path goes between quotes that both sh and JavaScript read.
    *[!A-Za-z0-9\ _./+@:,=~-]*)
      node_why="$node_why
  $1 has characters in its path that cannot be written into a hook"
      return 1
      ;;
  esac
  if [ "$live" = 1 ]; then
    open_at=$(open_way "$1")
    if [ -n "$open_at" ]; then
      node_why="$node_why
  $open_at can be written by others than root, and hooks run $1 as root"
      return 1
    fi
  fi
  node_version=$("$1" --version 2>/dev/null | head -n 1) || node_version=''
  if ! version_serves "$node_version"; then
    node_why="$node_why
  $1 is version ${node_version:-unknown}"
    return 1
  fi
  node=$1
}

# find_node: sets node, or leaves it empty and says in node_why what was found instead.
find_node() {
  node=''
  node_why=''
  if [ -n "$node_asked" ]; then
    try_node "$node_asked" && return
    die "--node $node_asked does not serve, Node.js $node_major.$node_minor or newer is needed:${node_why:-
  there is no such program}"
  fi
  if try_node /usr/bin/node; then return; fi
  node_on_path=$(command -v node) || node_on_path=''
  case $node_on_path in
    '' | /usr/bin/node) ;;
    /*) if try_node "$node_on_path"; then return; fi ;;
  esac
}

# find_packager: sets packager to apt, dnf or nothing.
find_packager() {
  packager=''
  if command -v apt-get >/dev/null; then
    packager=apt
  elif command -v dnf >/dev/null; then
    packager=dnf
  fi
}

# need COMMAND APT-PACKAGE DNF-PACKAGE: adds the package of a command that is not there.
need() {
  if command -v "$1" >/dev/null; then return; fi
  need_package "$2" "$3"
  missing="$missing $1"
}

need_package() {
  if [ "$packager" = dnf ]; then set -- "$2" "$2"; fi
  case " $packages " in
    *" $1 "*) ;;
    *) packages="${packages:+$packages }$1" ;;
  esac
}

# list_missing: sets packages (to be installed) and missing (commands, node among them).
list_missing() {
  packages=''
  missing=''
  find_node
  if [ -z "$node" ]; then
    need_package nodejs nodejs
    missing=' node'
  fi
  need ip iproute2 iproute
  need bridge iproute2 iproute
  need flock util-linux util-linux
  if [ "$built" = 0 ]; then
    if ! npm_is_there; then
      need_package npm npm
      missing="$missing npm"
    fi
    need tar tar tar
  fi
}

# npm's own scripts ask PATH for node: the folder of the one that we found goes first.
npm_path() {
  if [ -n "$node" ]; then printf '%s:' "${node%/*}"; fi
  printf '%s' "$PATH"
}
npm_is_there() { PATH=$(npm_path) command -v npm >/dev/null; }

run_packager() {
  if [ "$dry" = 1 ]; then
    say "  would run: $*"
    return
  fi
  say "  running: $*"
  DEBIAN_FRONTEND=noninteractive "$@" >"$work/packages.log" 2>&1 </dev/null || {
    show_log "$work/packages.log"
    return 1
  }
}

install_packages() {
  list_missing
  if [ -z "$missing" ]; then return; fi
  say "Missing:$missing"
  case $packager in
    apt)
      run_packager apt-get update || warn 'apt-get update failed; going on with the package lists of before'
      installer='apt-get install -y --no-install-recommends'
      ;;
    dnf) installer='dnf install -y' ;;
    *)
      die "neither apt-get nor dnf is here. Install these by hand and run this again:$missing
(node, $node_major.$node_minor or newer, and npm are Node.js; ip and bridge are iproute2; flock is util-linux)"
      ;;
  esac
  if [ -z "$node" ]; then refuse_old_candidate; fi
  # shellcheck disable=SC2086 # lists of words
  run_packager $installer $packages ||
    die "${installer%% *} could not install: $packages (see above). Mend that, or install them by hand, and run this again."
  packages_done=$packages
  if [ "$dry" = 1 ]; then
    node=${node:-/usr/bin/node}
    return
  fi
  list_missing
  if [ -z "$node" ]; then no_node; fi
  if [ -n "$missing" ]; then
    die "installed $packages_done, but still not on PATH:$missing"
  fi
  case " $packages_done " in
    *' npm '*) later "npm was installed for the build only; nothing that runs needs it." ;;
  esac
}

# refuse_old_candidate: to install a node of the distribution that is too old would help nobody.
refuse_old_candidate() {
  list_candidates
  candidate=''
  for candidate in $candidates; do
    if version_serves "$candidate"; then return; fi
  done
  case $candidate in
    unknown) return ;;
    '' | '(none)')
      if [ "$dry" = 1 ]; then return; fi
      node_why="$node_why
  this distribution's package sources have no nodejs"
      ;;
    *)
      node_why="$node_why
  this distribution's own nodejs is $candidate"
      ;;
  esac
  no_node
}

# list_candidates: sets candidates to the versions of nodejs that the packager has.
list_candidates() {
  if [ "$packager" = apt ]; then
    candidates=$(apt-cache policy nodejs 2>/dev/null | sed -n 's/^ *Candidate: \([0-9]*:\)\{0,1\}//p') || candidates=''
    return
  fi
  if [ "$dry" = 1 ]; then set -- -C; fi
  candidates=$(dnf -q "$@" list nodejs 2>&1) || case $candidates in
    *'o matching '*) ;;
    *) candidates=unknown && return ;; # why, `dnf install` will tell
  esac
  candidates=$(printf '%s\n' "$candidates" | sed -n 's/^nodejs\.[^ ]* *\([0-9]*:\)\{0,1\}\([^ ]*\).*/\2/p')
}

no_node() {
  if [ "$packager" = dnf ]; then
    module="
  - where the distribution has it as a module: dnf module reset nodejs; dnf module install nodejs:20"
  else
    module=''
  fi
  die "no Node.js $node_major.$node_minor or newer was found, so nothing of kvmvlan was installed:${node_why:-
  there is no node at all}
Do one of these and run this again:$module
  - install Node.js $((node_major + 2)) or newer from packages made for your distribution, so that it is
    /usr/bin/node: https://nodejs.org/en/download/package-manager
  - if there is one elsewhere, name it: ./install.sh --node /path/to/bin/node"
}

# runnable: from the rules of AppArmor's profiles, what they let be run, as patterns for grep -E. See apparmor.d(5): a rule
# is `<path> <permissions>,` or the other way round; ** stands for anything, * for anything but /, {a,b} for either.
runnable() {
  sed -En -e 's/^[[:space:]]+//' -e '/^(#|deny|audit +deny)/d' -e 's/^((audit|allow|owner|file)[[:space:]]+)*//' \
    -e 's/^([a-zA-Z]+)[[:space:]]+("[^"]*"|[^"[:space:]]*[^",[:space:]])/\2 \1/' \
    -e 's/^("([^"]*)"|(\/[^"[:space:]]*))[[:space:]]+[a-zA-Z]*x[a-zA-Z]*[[:space:]]*(->.*)?,.*$/\2\3/p' |
    sed -e 's/[.+()|$]/\\&/g' -e 's/\*\*/\a/g; s/\*/[^\/]*/g; s/\a/.*/g; s/?/[^\/]/g; y/{},/()|/'
}

# apparmor_allows DAEMON FILE: does its profile let it run FILE?
apparmor_allows() {
  cat -- "/etc/apparmor.d/usr.sbin.$1" "/etc/apparmor.d/local/usr.sbin.$1" 2>/dev/null | runnable >"$work/runnable"
  printf '%s\n' "$2" | grep -Eqx -f "$work/runnable"
}

# load_profile DAEMON: that a rule is in the file does not mean that the kernel has it.
load_profile() {
  if [ "$dry" = 1 ]; then
    say "  would run: apparmor_parser -r /etc/apparmor.d/usr.sbin.$1"
  elif ! apparmor_parser -r "/etc/apparmor.d/usr.sbin.$1"; then
    die "AppArmor's profile of $1 could not be loaded (see above), so it may not let libvirt run $real_node. Nothing was
installed. Mend the files, load it by: apparmor_parser -r /etc/apparmor.d/usr.sbin.$1, and run this again."
  fi
}

# check_apparmor: libvirtd under AppArmor may run node only where its profile says so. Otherwise
# every start of a guest would fail, so nothing is installed until it may.
check_apparmor() {
  profiles=/sys/kernel/security/apparmor/profiles
  real_node=$(readlink -f -- "$node") || real_node=$node
  case ${real_node%/*} in /usr/bin | /usr/sbin | /bin | /sbin) return ;; esac
  if [ "$apparmor_ok" = 1 ] || ! [ -r "$profiles" ]; then return; fi
  case $real_node in
    *' '*) rule="\"$real_node\" PUx," ;;
    *) rule="$real_node PUx," ;;
  esac
  todo=''
  for guarded in libvirtd virtqemud virtxend; do
    if ! grep -Eq "^(/usr/sbin/)?$guarded \\((enforce|kill)" "$profiles"; then continue; fi
    if apparmor_allows "$guarded" "$real_node"; then
      load_profile "$guarded"
    else
      todo="$todo
    /etc/apparmor.d/local/usr.sbin.$guarded:
        $rule"
    fi
  done
  if [ -z "$todo" ]; then
    if ! libvirt_is_there; then
      later "When libvirt is installed, its AppArmor profile will not let it run $real_node: install a node at
    /usr/bin/node, or run this again then"
    fi
    return
  fi
  warn "AppArmor does not let libvirt run $real_node: no guest could be started. Nothing was installed.
Do one of these and run this again:
  - install a node at /usr/bin/node (Debian, Ubuntu: apt-get install nodejs), which AppArmor allows
  - or allow this one by a line in this file (it is loaded when you run this again):$todo
  - or, where it is allowed already in a way that is not seen from here: ./install.sh --apparmor-ok"
  if [ "$dry" = 0 ]; then exit 1; fi
}

# ---------------------------------------------------------------- build

# is_built: is there a build newer than all that it was made from, or from the very same (in a copy all times are new)?
# Then no npm is needed.
is_built() {
  for built_file in $(items | sed -n 's/^\(hook\|text\) \([^ ]*\) .*/\2/p'); do
    if ! [ -f "$here/$built_file" ]; then return 1; fi
  done
  built_newer=$(cd -- "$here" && find hooks lib build docs/man package.json package-lock.json tsconfig.json \
    -path build/dist -prune -o -type f -newer build/dist/hooks/qemu -print 2>/dev/null) || true
  [ -z "$built_newer" ] || (cd -- "$here" && sha256sum --status -c build/dist/sources 2>/dev/null)
}

# as_builder COMMAND…: as the one who called sudo, so that the settings of his npm (proxy, mirror)
# count, and nothing in his checkout becomes root's.
as_builder() {
  if [ -n "$builder" ]; then
    runuser -u "$builder" -- env HOME="$builder_home" PATH="$(npm_path)" "$@"
  else
    PATH=$(npm_path) "$@"
  fi
}

find_builder() {
  builder=''
  if [ "$(id -u)" != 0 ] || ! command -v runuser >/dev/null; then return; fi
  case ${SUDO_USER:-root} in root) return ;; esac
  if ! id -u -- "$SUDO_USER" >/dev/null 2>&1; then return; fi
  builder=$SUDO_USER
  builder_home=$(getent passwd "$builder" | cut -d: -f6) || builder_home=/
}

# build: in a copy, so that the checkout's own node_modules stay as they are; sets dist.
build() {
  if [ "$dry" = 1 ]; then
    say '  would build, in a temporary folder: npm ci --omit=dev --ignore-scripts, npm run build'
    return
  fi
  if [ -z "$node" ]; then no_node; fi
  if ! npm_is_there; then die "npm is needed to build, and is not here. Build elsewhere (npm ci, npm run build), or install npm."; fi
  say 'Building: npm ci --omit=dev --ignore-scripts, npm run build'
  find_builder
  make_build_folder
  tar -C "$here" --exclude=./node_modules --exclude=./.git --exclude=./build/dist --exclude=./test \
    --exclude='./build/.kvmvlan.*' -cf - . | tar -C "$copy" --no-same-owner -xf -
  if [ -n "$builder" ]; then chown -R -- "$builder" "$copy"; fi
  # shellcheck disable=SC2016 # for the inner shell
  if ! as_builder sh -c '
      cd -- "$1" && npm ci --omit=dev --ignore-scripts --prefer-offline --no-audit --no-fund --loglevel=error &&
        GIT_DIR=$2 GIT_WORK_TREE=$1 npm run build
    ' build "$copy" "$here/.git" >"$work/build.log" 2>&1 </dev/null; then
    show_log "$work/build.log"
    die 'the build failed (see above); nothing was installed. If it did not reach the npm registry: a proxy or mirror is set by npm config.'
  fi
  dist=$work/dist
  cp -R -- "$copy/build/dist" "$dist"
  keep_build
}

# make_build_folder: sets copy to a new folder in which programs may be run (esbuild is one; a hardened /tmp
# is often mounted noexec).
make_build_folder() {
  for place in "$work" /var/tmp "$here/build"; do
    copy=$(mktemp -d "$place/.kvmvlan.XXXXXX" 2>/dev/null) || continue
    printf '#!/bin/sh\n' >"$copy/try"
    chmod 0755 "$copy/try"
    if "$copy/try" 2>/dev/null; then
      rm -f -- "$copy/try"
      return
    fi
    rm -rf -- "$copy"
  done
  die "no folder to build in: the temporary ones are mounted noexec, and $here cannot be written"
}

# keep_build: puts the build into the checkout, so that the next run needs no network. If it
# cannot be written, that run builds again.
keep_build() {
  # shellcheck disable=SC2016
  as_builder sh -c 'cd -- "$1" && mkdir -p build/dist && cp -R --remove-destination -- "$2/build/dist/." build/dist/' keep "$here" "$copy" 2>/dev/null || return 0
  if [ -z "$builder" ] && [ "$(id -u)" = 0 ]; then chown -R --reference="$here" -- "$here/build/dist"; fi
}

# ---------------------------------------------------------------- files

# is_hook FILE NAME: the line that the build writes near the top of what it names so. A looser look
# would take a hook of somebody else for ours, and overwrite it.
is_hook() {
  head -n 5 -- "$1" | grep -q "^# kvmvlan [0-9][^ ]* $2: sh and JavaScript at once\$"
}

# state PATH: absent, masked (a link to /dev/null or an empty file: an admin's "do not run this"),
# ours or foreign.
state() {
  if [ -L "$1" ] && [ "$(readlink -- "$1")" = /dev/null ]; then
    echo masked
  elif [ -f "$1" ] && ! [ -s "$1" ]; then
    echo masked
  elif [ -f "$1" ] && is_hook "$1" "${1##*/}" || is_shipped "$1"; then
    echo ours
  elif is_there "$1"; then
    echo foreign
  else
    echo absent
  fi
}

# is_there PATH: also a link that leads nowhere.
is_there() { [ -e "$1" ] || [ -L "$1" ]; }

# find_asides PATH: sets aside_last to the newest of what was set aside for PATH, if any, and aside_next to
# the name for the next. Somebody may have removed those before.
find_asides() {
  aside_last=''
  aside_next=$1$aside.bak
  aside_highest=0
  for aside_found in "$1$aside.bak" "$1$aside".*.bak; do
    if ! is_there "$aside_found"; then continue; fi
    aside_number=${aside_found#"$1$aside"}
    aside_number=${aside_number%.bak}
    aside_number=${aside_number#.}
    case ${aside_number:=1} in 0* | *[!0-9]*) continue ;; esac
    if [ "$aside_number" -le "$aside_highest" ]; then continue; fi
    aside_highest=$aside_number
    aside_last=$aside_found
    aside_next=$1$aside.$((aside_number + 1)).bak
  done
}

# set_aside PATH [keep]: gives it another name. With keep a second name: PATH is replaced in one
# step afterwards, and at no moment there is no hook.
set_aside() {
  find_asides "$1"
  aside_to=$aside_next
  did 'set aside' 'set aside' "$(shown "$1") -> $(shown "$aside_to")"
  if [ "$dry" = 1 ]; then return; fi
  if [ "${2-}" = keep ] && ! [ -d "$1" ]; then
    ln -P -- "$1" "$aside_to" || die "$1 could not be set aside, so it was left as it is"
  else
    mv -T -- "$1" "$aside_to" || die "$1 could not be set aside, so it was left as it is"
  fi
}

# put_folder PATH MODE
put_folder() {
  confine "$1"
  if [ -d "$1" ]; then
    check_folder "$1"
    return
  fi
  if is_there "$1"; then
    set_aside "$1"
    later "$1 was not a folder: kept as $aside_to"
  fi
  folder_shown=$(shown "$1")
  if [ "$dry" = 1 ]; then
    if grep -Fqxs -- "$1" "$work/folders"; then return; fi
    printf '%s\n' "$1" >>"$work/folders"
  fi
  changes=$((changes + 1))
  folders="$folders $folder_shown"
  if [ "$dry" = 1 ]; then return; fi
  mkdir -p -- "$1" || die "cannot make $1. What is done so far stays: mend this, then run it again."
  chmod "$2" "$1"
}

# check_folder PATH: the dispatcher, as root, runs nothing out of a folder that others may write, or that is in one.
check_folder() {
  if [ "$(id -u)" != 0 ]; then return; fi
  if [ "$live" = 1 ]; then
    open_at=$(open_way "$1")
  elif is_open "$1"; then
    open_at=$1
  else
    open_at=''
  fi
  if [ -z "$open_at" ]; then return; fi
  open_text="$open_at can be written by others than root, so the hooks refuse to run what is in it, and guests may not
    start: chown root '$open_at'; chmod go-w '$open_at'"
  case $notes in *"$open_text"*) ;; *) later "$open_text" ;; esac
}

# leads_out FOLDER: with --root, does a link on the way, or a bind mount, lead back to this machine's own files?
# Sets out_to to where.
leads_out() {
  if [ "$live" = 1 ] || ! [ -d "$root" ]; then return 1; fi
  out_to=$1
  while ! [ -d "$out_to" ]; do out_to=${out_to%/*}; done
  out_to=$(CDPATH='' cd -P -- "$out_to" && pwd)
  out_root=$(CDPATH='' cd -P -- "$root" && pwd)
  case $out_to/ in
    "$out_root"/*) ;;
    *) return 0 ;;
  esac
  out_same=${out_to#"$out_root"}
  if [ -z "$out_same" ] || ! is_own "$out_to" "$out_same"; then return 1; fi
  out_to="this machine's own $out_same"
}

# confine FOLDER: nothing is done in one that leads out.
confine() {
  if leads_out "$1"; then die "a link or mount on the way to $1 leads out of $root, to $out_to. Nothing was changed there."; fi
}

# put_file CONTENT PATH MODE: PATH becomes a copy of CONTENT, in one step.
put_file() {
  tmp=$(mktemp "${2%/*}/.kvmvlan.XXXXXX")
  cat -- "$1" >"$tmp"
  chmod "$3" "$tmp"
  mv -fT -- "$tmp" "$2"
  tmp=''
}

# same_file CONTENT PATH: is PATH a real file that holds this already?
same_file() { [ -f "$2" ] && ! [ -L "$2" ] && cmp -s -- "$1" "$2"; }

# right_mode PATH MODE: mends mode and owner of a file whose content is right.
right_mode() {
  if [ "$(stat -c %a -- "$1")" != "${2#0}" ]; then
    did 'mended the mode of' 'mend the mode of' "$(shown "$1") ($2)"
    if [ "$dry" = 0 ]; then chmod "$2" "$1"; fi
  fi
  if [ "$(id -u)" = 0 ] && [ "$(stat -c %u -- "$1")" != 0 ]; then
    did 'mended the owner of' 'mend the owner of' "$(shown "$1") (root)"
    if [ "$dry" = 0 ]; then chown 0:0 -- "$1"; fi
  fi
}

# make_way PATH STATE: sets a foreign file aside. Fails where a mask says to leave PATH alone.
make_way() {
  case $2 in
    masked)
      later "$1 is masked (a link to /dev/null, or an empty file): left so, kvmvlan does not run there$(advise_mask "$1")"
      return 1
      ;;
    foreign)
      set_aside "$1" keep
      advise_foreign "$1" "$aside_to"
      ;;
  esac
}

# advise_mask PATH: what else ends with the mask of a script that other phases have links to.
advise_mask() {
  case ${1#"$root$hooks/"} in *.d/*) ;; *) return ;; esac
  if ! items | grep -q "^hook .* ${1#"$root"}\$"; then return; fi
  printf '%s' ". Nor
    does it in other phases, nor as a command, for those are links to it. To keep it only from running as a hook,
    remove the mask and write enabled = no under [${1##*/}] into $root$hooks/conf/dispatch.conf"
}

# advise_foreign PATH KEPT: how a hook that was in the way can go on running.
advise_foreign() {
  foreign_name=${1##*/}
  if [ "$1" != "$root$hooks/$foreign_name" ]; then
    later "$1 was not kvmvlan's, or was edited: kept as $2"
    return
  fi
  foreign_text="$1 was not kvmvlan's: kept as $2. libvirt does not call it any more."
  if [ "$dry" = 1 ]; then set -- "$1" "$1"; fi
  if [ -f "$2" ] && grep -Eq "${foreign_name}_[^ ]*\\.d" "$2"; then
    foreign_text="$foreign_text
    It ran the scripts in ${foreign_name}_<phase>.d, and so does kvmvlan: nothing is lost."
  elif [ -f "$2" ] && grep -Eq "\\.d/\"?\\\$|$foreign_name\\.d" "$2"; then
    foreign_text="$foreign_text
    It seems to run $foreign_name.d/<guest>/<operation>/<sub-operation>, and so does kvmvlan: nothing is lost."
  else
    foreign_text="$foreign_text
    To have libvirt run it as before, with its four arguments, after kvmvlan:
      install -D -m 0755 '$aside_to' '$root$hooks/$foreign_name.d/former'
    To run a script in one phase only, as '<script> <object> <conf file>': put it into ${foreign_name}_<phase>.d"
  fi
  later "$foreign_text"
}

# stage: writes the path of node into a copy of each bundle, and finds out whether all that is to
# be installed is there, before anything is touched.
stage() {
  while read -r kind what where; do
    case $kind in
      hook)
        if [ "$built" = 0 ] && [ "$dry" = 1 ]; then continue; fi
        bundle=$dist/${what#build/dist/}
        if ! grep -q "^node='@NODE@'\$" "$bundle" || ! is_hook "$bundle" "${what##*/}"; then
          die "$bundle is no hook of kvmvlan: it lacks the line node='@NODE@', or '# kvmvlan … ${what##*/}: …' near its top. Build it again: npm run build"
        fi
        mkdir -p -- "$work/staged/${what%/*}"
        sed "s|^node='@NODE@'\$|node='${node:-@NODE@}'|" <"$bundle" >"$work/staged/$what"
        ;;
      text)
        if [ "$built" = 0 ] && [ "$dry" = 1 ]; then continue; fi
        if ! [ -f "$dist/${what#build/dist/}" ]; then die "$dist/${what#build/dist/} is missing. Build it again: npm run build"; fi
        ;;
      conf | unit | event)
        if ! [ -f "$here/$what" ]; then die "$here/$what is missing: this checkout is not complete"; fi
        ;;
    esac
  done <"$work/items"
}

# put_copy CONTENT PATH MODE: PATH becomes a copy of CONTENT, unless somebody has masked it.
put_copy() {
  if [ -f "$1" ] && same_file "$1" "$2"; then
    note_new_hook "$2"
    ship_text "$1" "$2"
    right_mode "$2" "$3"
    return
  fi
  copy_state=$(state "$2")
  if ! make_way "$2" "$copy_state"; then return; fi
  note_new_hook "$2"
  if ! [ -f "$1" ] && [ "$copy_state" = ours ]; then # a dry run before the build
    did '' update "$(shown "$2"), if the new build differs"
  elif [ "$copy_state" = ours ]; then
    did updated update "$(shown "$2")"
  else
    did installed install "$(shown "$2")"
  fi
  put_listed "$@"
}

# note_new_hook PATH: daemons that run already know the hooks that were there when they started or were last reloaded
# (virhook.c, virHookInitialize). Which of them do not know this one is written down before it is put in, and kept until
# they have ended or call the hook of a reload, so that the next run says it too, also after one that was interrupted.
note_new_hook() {
  if [ "$live" = 0 ] || [ "${1%/*}" != "$hooks" ]; then return; fi
  if [ -f "$1" ] && [ -x "$1" ]; then return; fi
  new_hooks="$new_hooks ${1##*/}"
  new_to=$(daemons "${1##*/}")
  if [ -z "$new_to" ]; then return; fi
  mkdir -p -- "${stale%/*}"
  printf '%s\n' "$new_to" >>"$stale"
}

# put_link TARGET PATH
put_link() {
  if [ -L "$2" ] && [ "$(readlink -- "$2")" = "$1" ]; then return; fi
  if ! make_way "$2" "$(state "$2")"; then return; fi
  did linked link "$(shown "$2") -> $1"
  if [ "$dry" = 1 ]; then return; fi
  tmp=$(mktemp -u "${2%/*}/.kvmvlan.XXXXXX")
  ln -s -- "$1" "$tmp"
  mv -fT -- "$tmp" "$2"
  tmp=''
}

checksum() { sha256sum <"$1" | cut -d' ' -f1; }

# conf/.shipped holds `<checksum>  <name>` of each sample and text that was ever put in. What it lists was not edited.
# A link in its place could have the text of any file of this machine copied into the list, which everybody may read.
check_list() {
  if [ -d "$root$hooks/conf" ]; then confine "$root$hooks/conf"; fi
  if is_there "$root$hooks/conf/.shipped" && { [ -L "$root$hooks/conf/.shipped" ] || ! [ -f "$root$hooks/conf/.shipped" ]; }; then
    die "$root$hooks/conf/.shipped is a link or no regular file: look at it, then remove it and run this again"
  fi
}

# shipped NAME CHECKSUM: is it listed?
shipped() { grep -Fqxs -- "$2  $1" "$root$hooks/conf/.shipped"; }

# entry PATH: its name there.
entry() {
  case $1 in
    "$root$hooks"/conf/*) printf '%s\n' "${1##*/}" ;;
    *) printf '%s\n' "${1#"$root"}" ;;
  esac
}

# is_shipped PATH: a real file that is as we put it there once, at first perhaps as <name>.new.
is_shipped() {
  if ! [ -f "$1" ] || [ -L "$1" ]; then return 1; fi
  shipped_sum=$(checksum "$1")
  shipped "$(entry "$1")" "$shipped_sum" || shipped "$(entry "$1").new" "$shipped_sum"
}

# listed NAME: with any checksum?
listed() { grep -qs -- "  $1\$" "$root$hooks/conf/.shipped"; }

# ship NAME CHECKSUM: lists it.
ship() {
  if [ "$dry" = 1 ] || shipped "$1" "$2"; then return; fi
  { cat -- "$root$hooks/conf/.shipped" 2>/dev/null || true; } >"$work/shipped"
  printf '%s  %s\n' "$2" "$1" >>"$work/shipped"
  put_file "$work/shipped" "$root$hooks/conf/.shipped" 0644
}

# forget NAME: takes it off the list.
forget() {
  if [ "$dry" = 1 ] || ! listed "$1"; then return; fi
  { grep -v -- "  $1\$" "$root$hooks/conf/.shipped" || true; } >"$work/shipped"
  put_file "$work/shipped" "$root$hooks/conf/.shipped" 0644
}

# ship_text CONTENT PATH: lists what is no hook. (Those are known by their header.)
ship_text() {
  if ! is_hook "$1" "${2##*/}"; then ship "$(entry "$2")" "$(checksum "$1")"; fi
}

# put_listed CONTENT PATH MODE: listed first, so that whenever a run ends, its files are known as ours.
put_listed() {
  if [ "$dry" = 1 ]; then return; fi
  ship_text "$1" "$2"
  put_file "$@"
}

# put_conf SAMPLE PATH: what is no sample is somebody's work, and stays.
put_conf() {
  conf_new=$(checksum "$1")
  if cmp -s -- "$1" "$2"; then
    ship "${2##*/}" "$conf_new"
  elif ! is_there "$2"; then
    did installed install "$(shown "$2")"
    put_listed "$1" "$2" 0644
  elif is_shipped "$2"; then
    did updated update "$(shown "$2") (it was the sample of before, not edited)"
    put_listed "$1" "$2" 0644
  elif same_file "$1" "$2.new"; then
    ship "${2##*/}.new" "$conf_new"
  elif ! shipped "${2##*/}.new" "$conf_new"; then
    if is_there "$2.new" && ! is_shipped "$2.new"; then set_aside "$2.new" keep; fi
    did 'kept your' 'keep your' "$(shown "$2"); the new sample is beside it: ${2##*/}.new"
    # Listed last: what is listed and not there was removed, and is not offered again.
    if [ "$dry" = 0 ]; then put_file "$1" "$2.new" 0644; fi
    ship "${2##*/}.new" "$conf_new"
  fi
}

# put_item KIND WHAT WHERE: one line of items.
put_item() {
  item_to=$root$3
  case $1 in unit | event) if ! has_systemd; then return; fi ;; esac
  if [ "$1" = event ] && ! has_program "$3"; then return; fi
  if [ "$1" = dir ]; then
    put_folder "$item_to" "$2"
    return
  fi
  if [ -d "${item_to%/*}" ]; then confine "${item_to%/*}"; else put_folder "${item_to%/*}" 0755; fi
  case $1 in
    conf) put_conf "$here/$2" "$item_to" ;;
    hook) put_copy "$work/staged/$2" "$item_to" 0755 ;;
    link) put_link "$2" "$item_to" ;;
    gone) remove_link "$2" "$item_to" ;;
    text) put_copy "$dist/${2#build/dist/}" "$item_to" 0644 ;;
    unit)
      if ! [ -e "$item_to" ]; then
        forget systemd
        forget "systemd ${3##*/}"
      fi
      put_copy "$here/$2" "$item_to" 0644
      ;;
    event) put_copy "$here/$2" "$item_to" 0755 ;;
  esac
}

set_aside_superseded() {
  for old_name in $superseded; do
    for old in "$root$hooks"/*.d/"$old_name"; do
      if is_there "$old" && ! leads_out "${old%/*}"; then
        set_aside "$old"
        later "$old is kvmvlan's predecessor, which would run beside it: kept as $aside_to"
      fi
    done
  done
}

# ---------------------------------------------------------------- after

# label: SELinux's types for what was installed (virt_hook_t, bin_t).
label() {
  if ! command -v selinuxenabled >/dev/null || ! selinuxenabled; then return; fi
  if [ "$dry" = 1 ]; then
    say "  would run restorecon -RF $hooks"
    return
  fi
  if ! command -v restorecon >/dev/null; then
    later "SELinux is on, but restorecon is not here. Install policycoreutils, then: restorecon -RF $hooks"
    return
  fi
  restorecon -RF "$hooks" || warn "restorecon -RF $hooks failed"
  for labelled in $(items | sed -n 's/^[a-z]* [^ ]* //p'); do
    case $labelled in
      "$hooks"/*) ;;
      *)
        if ! is_there "$labelled"; then continue; fi
        restorecon -F "$labelled" || warn "restorecon -F $labelled failed"
        ;;
    esac
  done
  if command -v getsebool >/dev/null && getsebool virt_hooks_unconfined 2>/dev/null | grep -q 'off$'; then
    later "SELinux confines hooks here. If one is denied something (ausearch -m avc -ts recent): setsebool -P virt_hooks_unconfined on"
  fi
}

# make_snapshot: of the executables as they are now, for the node that is there now. What goes wrong costs time only.
make_snapshot() {
  put_folder "$snapshots" 0755
  if [ "$dry" = 0 ] && [ "$(state "$hooks/bin/kvmvlan")" != ours ]; then return; fi
  if [ "$dry" = 1 ]; then
    if [ "$changes" != 0 ]; then did ran run 'kvmvlan snapshot'; fi
    return
  fi
  if ! "$hooks/bin/kvmvlan" snapshot >"$work/snapshot" 2>&1; then
    later "hooks work, but start more slowly than they could: $(tail -n 2 -- "$work/snapshot" | tr '\n' ' ')"
  elif grep -q '^Made' "$work/snapshot"; then
    did made make 'the start-up snapshot'
  fi
}

libvirt_is_there() { command -v libvirtd >/dev/null || command -v virtqemud >/dev/null; }

# has_systemd: on this machine; below another root there may be one.
has_systemd() { [ "$live" = 0 ] || command -v systemctl >/dev/null; }

# has_program PATH: the one that runs what is in the folder of PATH. Its own folder is one of /etc.
has_program() {
  case $1 in "$hooks"/*) return ;; esac
  program_folder=${1#/etc/}
  [ "$live" = 0 ] || [ -d "/etc/${program_folder%%/*}" ]
}

# was_enabled UNIT: by an earlier run. Before there were several, the list had one entry for the only one.
was_enabled() { listed "systemd $1" || { [ "$only_path" = 1 ] && [ "$1" = kvmvlan.path ]; }; }

# tell_systemd: of the units. What it was told of is listed in conf/.shipped only when that has worked, so that the
# next run makes up for one that failed or was interrupted. Where it does not run (in a chroot), enabling works all the same.
tell_systemd() {
  if [ "$live" = 0 ]; then
    for unit in $enabled_units; do
      set -- "$root"/etc/systemd/system/*.wants/"$unit"
      if [ -L "$1" ]; then continue; fi
      later "To have it started there: systemctl --root '$root' enable $unit"
    done
    return
  fi
  if ! has_systemd; then return; fi
  units_sum=$(unit_texts | sha256sum | cut -d' ' -f1)
  if shipped systemd "$units_sum"; then return; fi
  fresh=''
  for unit in $enabled_units; do
    if was_enabled "$unit" || [ "$(systemctl is-enabled "$unit" 2>/dev/null)" = masked ]; then continue; fi
    fresh="$fresh $unit"
    systemd enable "$unit"
  done
  if [ -d /run/systemd/system ]; then
    systemd daemon-reload
    for unit in $enabled_units; do
      case "$fresh " in *" $unit "*) systemd start "$unit" ;; *) systemd try-restart "$unit" ;; esac
    done
  fi
  if [ "$systemd_failed" = 1 ]; then return; fi
  for unit in $enabled_units; do ship "systemd $unit" "$units_sum"; done
  ship systemd "$units_sum"
}

unit_texts() {
  items | sed -n 's/^unit \([^ ]*\) .*/\1/p' | while read -r unit; do cat -- "$here/$unit"; done
}

# systemd ARGUMENTS: systemctl, whose failure is told and stops nothing else.
systemd() {
  did ran run "systemctl $*"
  if [ "$dry" = 1 ]; then return; fi
  systemctl --quiet "$@" && return
  systemd_failed=1
  later "this failed, and changes of bridges and interfaces may go unnoticed: systemctl $*
    Mend what it says above, and run this again."
}

# daemons HOOK: `<pid> <start time> <name>` of each running daemon that calls it.
daemons() {
  # One that sees another /etc (in a container) does not count.
  seen=$hooks
  [ -d "$seen" ] || seen=/etc
  for pid_folder in /proc/[0-9]*; do
    { read -r daemon_name <"$pid_folder/comm"; } 2>/dev/null || continue
    case $daemon_name in
      libvirtd) calls=$1 ;;
      virtqemud) calls=qemu ;;
      virtnetworkd) calls=network ;;
      virtlxcd) calls=lxc ;;
      virtxend) calls=libxl ;;
      *) continue ;;
    esac
    case $1 in daemon | "$calls") ;; *) continue ;; esac
    # Nor does one that is not root's (a session daemon).
    [ "$(stat -c %u "$pid_folder" 2>/dev/null)" = 0 ] || continue
    there=$(stat -L -c %d:%i "$pid_folder/root$seen" 2>/dev/null) || there=''
    # None but root may look: for others in a dry run it counts.
    if [ -n "$there" ] || [ "$(id -u)" -eq 0 ]; then
      [ "$there" = "$(stat -L -c %d:%i "$seen")" ] || continue
    fi
    printf '%s %s %s\n' "${pid_folder#/proc/}" "$(start_time "$pid_folder")" "$daemon_name"
  done
}

# start_time /proc/PID: field 22 of its stat; the name in field 2 may hold spaces.
start_time() { sed 's/.*) //' "$1/stat" 2>/dev/null | cut -d' ' -f20; }

# find_reload: sets reload to the daemons that do not know all hooks yet, and reload_pids to their processes.
find_reload() {
  reload=''
  reload_pids=''
  if ! [ -f "$stale" ]; then return; fi
  while read -r stale_pid stale_start stale_name; do
    [ "$(start_time "/proc/$stale_pid")" = "$stale_start" ] || continue
    case " $reload " in *" $stale_name "*) ;; *) reload="${reload:+$reload }$stale_name" ;; esac
    case " $reload_pids " in *" $stale_pid "*) ;; *) reload_pids="${reload_pids:+$reload_pids }$stale_pid" ;; esac
  done <"$stale"
  if [ -z "$reload" ]; then rm -f -- "$stale"; fi
}

reload_command() {
  if [ -d /run/systemd/system ]; then
    printf 'systemctl reload %s' "$reload"
  else
    printf 'kill -HUP %s' "$reload_pids"
  fi
}

advise_reload() {
  find_reload
  if [ -n "$reload" ]; then
    later "Reload libvirt once: it looks for new hooks when it starts or reloads (guests and connections are not affected):
    $(reload_command)"
  elif [ -n "$new_hooks" ]; then
    if libvirt_is_there; then
      later 'libvirt is not running: it finds the hooks when it starts.'
    else
      later 'libvirt is not installed here yet: it finds the hooks when it first starts.'
    fi
  else
    say '  libvirt need not be reloaded.'
  fi
}

advise_conf() {
  # Whoever has written conf knows.
  for sample in bridge_init vlan_filtering; do
    cmp -s -- "$here/conf/$sample.conf" "$hooks/conf/$sample.conf" || return 0
  done
  later "Describe your bridges and guests in $hooks/conf/bridge_init.conf and vlan_filtering.conf;
    then try: bridge_init --dry-run; vlan_filtering --dry-run <guest>; kvmvlan --help"
  case ":$PATH_BEFORE:" in
    *:/usr/local/sbin:*) ;;
    *) later "/usr/local/sbin is not on your PATH: call them as /usr/local/sbin/bridge_init, …" ;;
  esac
}

# ---------------------------------------------------------------- install, uninstall

install_all() {
  if ! [ -f "$here/package.json" ]; then die "$here/package.json is missing: this checkout is not complete"; fi
  version=$(sed -n 's/^ *"version": *"\(.*\)".*/\1/p' "$here/package.json" | head -n 1)
  find_packager
  dist=$here/build/dist
  built=0
  if is_built; then built=1; fi
  if [ "$live" = 1 ]; then
    install_packages
    check_apparmor
  else
    find_node
    if [ -z "$node" ]; then later "no Node.js $node_major.$node_minor or newer is on this machine: the hooks will look for node on their PATH"; fi
  fi
  if [ "$built" = 0 ]; then build; fi
  say "kvmvlan $version -> $root$hooks${node:+, with $node}"
  if [ "$dry" = 1 ]; then
    cp -- "$stale" "$work/stale" 2>/dev/null || true
    stale=$work/stale
  fi
  items >"$work/items"
  stage
  check_list
  if [ "$live" = 0 ] && [ "$dry" = 0 ]; then mkdir -p -- "$root/"; fi
  if listed systemd && ! listed 'systemd kvmvlan.path' && is_there "$units/kvmvlan.path"; then only_path=1; fi
  while read -r kind what where; do put_item "$kind" "$what" "$where"; done <"$work/items"
  set_aside_superseded
  tell_folders
  if [ "$live" = 1 ]; then
    label
    make_snapshot
  fi
  tell_systemd
  if [ "$changes" = 0 ]; then say '  All is right already, nothing was changed.'; fi
  if [ "$live" = 0 ]; then return; fi
  advise_reload
  if [ "$dry" = 0 ]; then advise_conf; fi
}

# put_back PATH: the newest that was set aside for it.
put_back() {
  did 'put back' 'put back' "$(shown "$1") (was $(shown "$aside_last"))"
  if [ "$dry" = 0 ]; then mv -fT -- "$aside_last" "$1"; fi
  if [ "${1%/*}" = "$root$hooks" ]; then drop_twin "$1"; fi
}

# drop_twin HOOK: while ours was in its place, it may have gone on as <hook>.d/former, as advise_foreign says.
# libvirt runs what is in <hook>.d by itself, so it would run twice. All else there is people's own.
drop_twin() {
  twin=$1.d/former
  if leads_out "$1.d"; then return; fi
  if [ "$dry" = 1 ]; then twin_of=$aside_last; else twin_of=$1; fi
  if ! [ -f "$twin" ]; then return; fi
  if cmp -s -- "$twin" "$twin_of"; then
    did removed remove "$(shown "$twin") (the same as $(shown "$1"), which libvirt calls again)"
    if [ "$dry" = 0 ]; then
      rm -f -- "$twin"
      rmdir -- "$1.d" 2>/dev/null || true
    fi
  else
    later "libvirt runs $twin beside $1: remove it if it does the same"
  fi
}

# remove PATH: and puts back what was set aside for it.
remove() {
  find_asides "$1"
  if [ -n "$aside_last" ]; then
    put_back "$1"
  else
    did removed remove "$(shown "$1")"
    if [ "$dry" = 0 ]; then rm -f -- "$1"; fi
  fi
}

# remove_link TARGET PATH: unless it leads elsewhere.
remove_link() {
  if [ -L "$2" ] && [ "$(readlink -- "$2")" = "$1" ]; then remove "$2"; fi
}

# remove_ours PATH [SOURCE]: unless it is somebody else's.
remove_ours() {
  ours_state=$(state "$1")
  # Of one that was installed before there was a list.
  if [ -n "${2-}" ] && same_file "$2" "$1"; then ours_state=ours; fi
  case $ours_state in
    ours) remove "$1" ;;
    foreign) later "$1 is not kvmvlan's, or was edited: left alone" ;;
    masked) later "$1 is a mask: left alone" ;;
  esac
}

# put_back_rest: what was set aside for what is not there any more, in all folders that things are put into but conf.
put_back_rest() {
  {
    items | sed -n '/^\(dir\|conf\) /d; s|^[a-z]* [^ ]* \(.*\)/[^/]*$|\1|p'
    for rest_folder in "$root$hooks"/*.d; do printf '%s\n' "${rest_folder#"$root"}"; done
  } | sort -u >"$work/folders"
  while read -r rest_folder; do
    if leads_out "$root$rest_folder"; then continue; fi
    for rest in "$root$rest_folder"/*"$aside"*.bak; do
      rest_of=${rest%"$aside"*.bak}
      if ! is_there "$rest" || is_there "$rest_of" || grep -Fqx -- "$rest_of" "$work/back"; then continue; fi
      find_asides "$rest_of"
      [ -n "$aside_last" ] || continue
      put_back "$rest_of"
      printf '%s\n' "$rest_of" >>"$work/back"
    done
  done <"$work/folders"
}

remove_item() {
  item_at=$root$3
  if grep -Fqx -- "$item_at" "$work/back"; then return; fi
  case $1 in
    hook) remove_ours "$item_at" ;;
    link | gone) remove_link "$2" "$item_at" ;;
    text | event) remove_ours "$item_at" "$here/$2" ;;
    unit)
      if ! is_there "$item_at"; then return; fi
      case " $enabled_units " in
        *" ${3##*/} "*)
          if [ "$live" = 1 ] && has_systemd; then
            if [ -d /run/systemd/system ]; then systemd stop "${3##*/}"; fi
            systemd disable "${3##*/}"
          fi
          ;;
      esac
      remove_ours "$item_at" "$here/$2"
      units_changed=1
      ;;
    dir)
      case $3 in "$hooks" | "$hooks"/conf | "$hooks"/logs) return ;; esac
      if ! [ -d "$item_at" ] || [ -L "$item_at" ]; then return; fi
      if [ "$dry" = 1 ]; then return; fi
      rmdir -- "$item_at" 2>/dev/null || later "$item_at stays: it holds files that are not kvmvlan's"
      ;;
  esac
}

uninstall_all() {
  say "kvmvlan: uninstalling from $root$hooks"
  # Last installed, first removed: no dispatcher without its scripts, no folder before what is in it.
  items | tac >"$work/items"
  : >"$work/back"
  # All of them before the first is touched.
  check_list
  while read -r kind what where; do confine "$root${where%/*}"; done <"$work/items"
  # First, so that scripts of before are there when the hooks that ran them come back.
  put_back_rest
  while read -r kind what where; do remove_item "$kind" "$what" "$where"; done <"$work/items"
  # And what stood in the place of a folder.
  put_back_rest
  if [ "$live" = 1 ]; then
    if [ "$units_changed" = 1 ] && has_systemd && [ -d /run/systemd/system ]; then systemd daemon-reload; fi
    forget systemd
    for unit in $enabled_units; do forget "systemd $unit"; done
    if [ "$dry" = 0 ]; then
      rm -f -- "$stale"
      rm -rf -- "$snapshots"
    fi
  fi
  if [ "$changes" = 0 ]; then
    say '  Nothing of kvmvlan is here.'
    return
  fi
  later "conf and logs stay: $root$hooks/conf, $root$hooks/logs"
  if [ "$live" = 1 ]; then
    later 'libvirt need not be reloaded. Bridges and running guests keep the VLANs they have now.'
  fi
}

PATH_BEFORE=$PATH
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
here=$(CDPATH='' cd -P -- "$(dirname -- "$0")" && pwd)
root='' live=1 dry=0 uninstall=0 apparmor_ok=0 node='' node_asked='' node_why=''
changes=0 folders='' notes='' new_hooks='' units_changed=0 only_path=0 systemd_failed=0 tmp='' work='' copy=''

parse_options "$@"
if [ "$live" = 1 ] && [ "$dry" = 0 ] && [ "$(id -u)" != 0 ]; then
  die 'this needs root: sudo ./install.sh (or --dry-run to see what it would do, --root DIR to install elsewhere)'
fi
trap clean_up EXIT
trap 'exit 1' HUP INT TERM
work=$(mktemp -d)
chmod 0755 "$work" # the build may run as another user
if [ "$uninstall" = 1 ]; then uninstall_all; else install_all; fi
