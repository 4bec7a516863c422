#!/bin/sh
# Installs kvmvlan's libvirt hooks on a KVM host. See: ./install.sh --help
set -eu
LC_ALL=C
export LC_ALL
umask 022

hooks=/etc/libvirt/hooks
stale=/run/kvmvlan/reload-needed # the daemons that do not know all hooks: `<pid> <start time> <name>`
snapshots=/var/cache/kvmvlan # start-up snapshots, from which hooks and commands start faster
units=/usr/local/lib/systemd/system # systemd reads it; packages use other folders, and so do administrators
catalog=/usr/local/lib/systemd/catalog/kvmvlan.catalog # what `journalctl -x` shows for messages of kvmvlan
node_major=18 # with node_minor: the oldest supported Node.js
node_minor=19

# All files to install, in this order, one on each line: `<kind> <what> <where>`.
#   dir   <mode>               a folder, created with this mode if it is missing
#   conf  <file, in checkout>  a sample conf; never overwrites an edited one
#   hook  <file, as built>     an executable bundle; the path of node is written into it
#   link  <target>             a symbolic link
#   text  <file, as built>     a man page or a similar file, mode 0644
#   unit  <file, in checkout>  the same, but only on hosts with systemd
#   data  <file, in checkout>  the same, but it is not a unit
#   event <file, in checkout>  a script that starts a unit, mode 0755, only on hosts with systemd; in the folder of another
#                              program only if that program is installed
#   gone  <target>             a link of an earlier version, which is removed
# Dispatchers come last: libvirt must not call one before everything that it needs is installed.
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
data conf/systemd/kvmvlan.catalog $catalog
event conf/dispatchers/networkmanager/50-kvmvlan /etc/NetworkManager/dispatcher.d/50-kvmvlan
event conf/dispatchers/networkd/50-kvmvlan /etc/networkd-dispatcher/configured.d/50-kvmvlan
event conf/dispatchers/ifupdown/kvmvlan /etc/network/if-up.d/kvmvlan
END
}

# The units that are enabled and started once. Later the administrator's setting is kept.
enabled_units='kvmvlan.path kvmvlan-repair.timer'

# Scripts of kvmvlan's Python predecessor, in any phase folder. They use the same conf files and logs as kvmvlan, so
# they are set aside.
superseded='bridge_init.py vlan_filtering.py'

# Part of the name of a set-aside file. It ends in .bak: the dispatcher skips *.bak in phase folders.
aside=.before-kvmvlan

usage() {
  cat <<END
Usage: sudo ./install.sh [--dry-run] [--node FILE] [--apparmor-ok] [--root DIR]
       sudo ./install.sh --uninstall [--dry-run] [--root DIR]

Installs kvmvlan's libvirt hooks into $hooks, the commands kvmvlan, bridge_init and
vlan_filtering into /usr/local/sbin, and systemd units that notice hot-plugged interfaces
and undo what other programs change on bridges. Missing packages (node, npm to build, iproute2)
are installed with apt or dnf. To upgrade, run it again: it changes only what is not up to date.

  --dry-run    print what would be done, change nothing
  --uninstall  remove the hooks and commands, and put back the files that were set aside;
               keep conf and logs
  --root DIR   install below DIR (for packages and images): only files, nothing on this machine
  --node FILE  the node for the hooks; default: /usr/bin/node, or the first one on PATH that is
               $node_major.$node_minor or newer
  --apparmor-ok
               AppArmor allows libvirt to run that node: do not check it
  --help       print this text

Your files are safe: an edited conf is kept, and the new sample is written next to it as
<name>.new. A hook of another program is kept as <name>$aside.bak.
To disable vlan_filtering or bridge_init as a hook, write \`enabled = no\` into its section of
$hooks/conf/dispatch.conf. (A mask in place of the file would also
disable the command and all phases that are links to it.)

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
  warn "./install.sh --help lists the options"
  exit 2
}

# did PAST INFINITIVE TEXT: reports one change that was made, or in a dry run would be made.
did() {
  tell_folders
  changes=$((changes + 1))
  if [ "$dry" = 1 ]; then say "  would $2 $3"; else say "  $1 $3"; fi
}

# shown PATH: the path in those lines, relative if it is below the hooks root.
shown() { printf '%s\n' "${1#"$root$hooks/"}"; }

# tell_folders: prints the new folders together, because there are dozens.
tell_folders() {
  if [ -z "$folders" ]; then return; fi
  if [ "$dry" = 1 ]; then set -- 'would make'; else set -- made; fi
  printf '  %s folders:%s\n' "$1" "$folders" | fold -s -w 100 | sed '2,$s/^/    /'
  folders=''
}

# later TEXT: adds a note for the end of the output, where users see it.
later() {
  notes="$notes
$1"
}

# show_log FILE: prints the output of a failed command. npm prints the reason first, apt last.
show_log() {
  if [ "$(wc -l <"$1")" -le 60 ]; then
    cat -- "$1" >&2
  else
    { head -n 25 -- "$1"; echo '  …'; tail -n 25 -- "$1"; } >&2
  fi
}

# tell_notes: prints the notes, also after a failure: the next run finds these changes done and does not report them.
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

# inode PATH: prints the identity of the file that PATH leads to, `<device>:<inode>`; prints nothing if it does not
# exist.
inode() { stat -L -c %d:%i -- "$1" 2>/dev/null; }

# is_own DIR PATH: is DIR this machine's own PATH under another name (a link, a bind mount)? In a chroot or a container,
# PATH as process 1 sees it is also the machine's own.
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
    # Resolve `..` and links now: a part of the path that is created later must not change where it leads.
    root=$(readlink -m -- "$2")
    # An installation of files only, without checks of libvirt and AppArmor, must not be used for this machine.
    if is_own "$root" / || is_own "$2" /; then
      bad_usage "--root $2 is this machine itself: omit --root, or use another folder"
    fi
    if is_own "$root/etc" /etc; then bad_usage "--root $2 contains this machine's own /etc: use another folder"; fi
    # Links below /proc/<pid> show paths that are valid in that process, not here.
    if [ "$(inode "$2")" != "$(inode "$root")" ]; then
      bad_usage "--root $2 does not lead where its links point: use the path of the folder itself"
    fi
  else
    node_asked=$2
  fi
}

# ---------------------------------------------------------------- what is on this machine

# version_serves VERSION: is it (in the format of `node --version`) new enough?
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

# is_open PATH: can it be written by users other than root?
is_open() { [ "$(stat -L -c %u -- "$1")" != 0 ] || [ -n "$(find -L "$1" -prune -perm /022)" ]; }

# open_way FILE: prints the first open one of FILE, its target and their parent folders: a user who may write to a
# folder can put another file there. A sticky folder such as /tmp is not safe either: its owner can do that.
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

# try_node FILE: sets node if FILE is usable, else adds the reason to node_why.
try_node() {
  if ! [ -x "$1" ] || [ -d "$1" ]; then return 1; fi
  case $1 in
    # The path is written between quotes that both sh and JavaScript read.
    *[!A-Za-z0-9\ _./+@:,=~-]*)
      node_why="$node_why
  the path $1 contains characters that cannot be written into a hook"
      return 1
      ;;
  esac
  if [ "$live" = 1 ]; then
    open_at=$(open_way "$1")
    if [ -n "$open_at" ]; then
      node_why="$node_why
  $open_at can be written by users other than root, and hooks run $1 as root"
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

# find_node: sets node, or leaves it empty and sets node_why to what was found instead.
find_node() {
  node=''
  node_why=''
  if [ -n "$node_asked" ]; then
    try_node "$node_asked" && return
    die "--node $node_asked cannot be used, Node.js $node_major.$node_minor or newer is required:${node_why:-
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

# need COMMAND APT-PACKAGE DNF-PACKAGE: adds the package if the command is missing.
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

# npm's own scripts search PATH for node, so the folder of the node that was found comes first.
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
      run_packager apt-get update || warn 'apt-get update failed; continuing with the old package lists'
      installer='apt-get install -y --no-install-recommends'
      ;;
    dnf) installer='dnf install -y' ;;
    *)
      die "neither apt-get nor dnf was found. Install these commands manually and run this again:$missing
(node, $node_major.$node_minor or newer, and npm belong to Node.js; ip and bridge to iproute2; flock to util-linux)"
      ;;
  esac
  if [ -z "$node" ]; then refuse_old_candidate; fi
  # shellcheck disable=SC2086 # lists of words
  run_packager $installer $packages ||
    die "${installer%% *} could not install: $packages (see above). Fix that, or install them manually, and run this again."
  packages_done=$packages
  if [ "$dry" = 1 ]; then
    node=${node:-/usr/bin/node}
    return
  fi
  list_missing
  if [ -z "$node" ]; then no_node; fi
  if [ -n "$missing" ]; then
    die "$packages_done was installed, but these commands are still not on PATH:$missing"
  fi
  case " $packages_done " in
    *' npm '*) later "npm was installed only for the build; you can remove it." ;;
  esac
}

# refuse_old_candidate: ends the run if the distribution's node is missing or too old to be used.
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
    *) candidates=unknown && return ;; # `dnf install` will report why
  esac
  candidates=$(printf '%s\n' "$candidates" | sed -n 's/^nodejs\.[^ ]* *\([0-9]*:\)\{0,1\}\([^ ]*\).*/\2/p')
}

no_node() {
  if [ "$packager" = dnf ]; then
    module="
  - if the distribution has it as a module: dnf module reset nodejs; dnf module install nodejs:20"
  else
    module=''
  fi
  die "no Node.js $node_major.$node_minor or newer was found, so kvmvlan was not installed:${node_why:-
  node is not installed}
Do one of these and run this again:$module
  - install Node.js $((node_major + 2)) or newer from packages for your distribution, as /usr/bin/node:
    https://nodejs.org/en/download/package-manager
  - if it is installed in another folder, give its path: ./install.sh --node /path/to/bin/node"
}

# runnable: reads AppArmor profiles and prints what their rules allow to be run, as patterns for grep -E. See
# apparmor.d(5): a rule is `<path> <permissions>,` or `<permissions> <path>,`; ** matches anything, * anything except /,
# {a,b} either.
runnable() {
  sed -En -e 's/^[[:space:]]+//' -e '/^(#|deny|audit +deny)/d' -e 's/^((audit|allow|owner|file)[[:space:]]+)*//' \
    -e 's/^([a-zA-Z]+)[[:space:]]+("[^"]*"|[^"[:space:]]*[^",[:space:]])/\2 \1/' \
    -e 's/^("([^"]*)"|(\/[^"[:space:]]*))[[:space:]]+[a-zA-Z]*x[a-zA-Z]*[[:space:]]*(->.*)?,.*$/\2\3/p' |
    sed -e 's/[.+()|$]/\\&/g' -e 's/\*\*/\a/g; s/\*/[^\/]*/g; s/\a/.*/g; s/?/[^\/]/g; y/{},/()|/'
}

# apparmor_allows DAEMON FILE: does the daemon's profile allow it to run FILE?
apparmor_allows() {
  cat -- "/etc/apparmor.d/usr.sbin.$1" "/etc/apparmor.d/local/usr.sbin.$1" 2>/dev/null | runnable >"$work/runnable"
  printf '%s\n' "$2" | grep -Eqx -f "$work/runnable"
}

# load_profile DAEMON: loads the profile again, because the kernel may not have the rules in the file yet.
load_profile() {
  if [ "$dry" = 1 ]; then
    say "  would run: apparmor_parser -r /etc/apparmor.d/usr.sbin.$1"
  elif ! apparmor_parser -r "/etc/apparmor.d/usr.sbin.$1"; then
    die "AppArmor's profile of $1 could not be loaded (see above), so libvirt may not be able to run $real_node.
Nothing was installed. Fix the profile, load it with: apparmor_parser -r /etc/apparmor.d/usr.sbin.$1, and run this again."
  fi
}

# check_apparmor: under AppArmor, libvirtd may run node only if its profile allows it. Otherwise every start of a guest
# would fail, so nothing is installed.
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
      later "The AppArmor profile of libvirt, which is not installed yet, does not allow it to run $real_node: install
    a node at /usr/bin/node, or run this again after you have installed libvirt"
    fi
    return
  fi
  warn "AppArmor does not let libvirt run $real_node, so no guest could start. Nothing was installed.
Do one of these and run this again:
  - install a node at /usr/bin/node (Debian, Ubuntu: apt-get install nodejs), which AppArmor allows
  - or allow this node with a line in this file (it is loaded when you run this again):$todo
  - or, if AppArmor already allows it in a way that this script does not recognise: ./install.sh --apparmor-ok"
  if [ "$dry" = 0 ]; then exit 1; fi
}

# ---------------------------------------------------------------- build

# is_built: is there a build that is newer than its sources, or that was made from identical sources (in a copy, all
# times are new)? Then npm is not needed.
is_built() {
  for built_file in $(items | sed -n 's/^\(hook\|text\) \([^ ]*\) .*/\2/p'); do
    if ! [ -f "$here/$built_file" ]; then return 1; fi
  done
  built_newer=$(cd -- "$here" && find hooks lib build docs/man package.json package-lock.json tsconfig.json \
    -path build/dist -prune -o -type f -newer build/dist/hooks/qemu -print 2>/dev/null) || true
  [ -z "$built_newer" ] || (cd -- "$here" && sha256sum --status -c build/dist/sources 2>/dev/null)
}

# as_builder COMMAND…: runs it as the user who called sudo, so that the user's npm settings (proxy, mirror) are used
# and no file in the user's checkout belongs to root.
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

# build: builds in a copy, so that the node_modules of the checkout do not change; sets dist.
build() {
  if [ "$dry" = 1 ]; then
    say '  would build, in a temporary folder: npm ci --omit=dev --ignore-scripts, npm run build'
    return
  fi
  if [ -z "$node" ]; then no_node; fi
  if ! npm_is_there; then die "npm is required to build, but was not found. Install npm, or build elsewhere (npm ci, npm run build)."; fi
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
    die 'the build failed (see above); nothing was installed. If it did not reach the npm registry, set a proxy or mirror with npm config.'
  fi
  dist=$work/dist
  cp -R -- "$copy/build/dist" "$dist"
  keep_build
}

# make_build_folder: sets copy to a new folder in which programs such as esbuild can be run. A hardened /tmp is often
# mounted noexec.
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
  die "no folder to build in: the temporary folders are mounted noexec, and $here is not writable"
}

# keep_build: copies the build into the checkout, so that the next run needs no network. If the checkout is not
# writable, the next run builds again.
keep_build() {
  # shellcheck disable=SC2016
  as_builder sh -c 'cd -- "$1" && mkdir -p build/dist && cp -R --remove-destination -- "$2/build/dist/." build/dist/' keep "$here" "$copy" 2>/dev/null || return 0
  if [ -z "$builder" ] && [ "$(id -u)" = 0 ]; then chown -R --reference="$here" -- "$here/build/dist"; fi
}

# ---------------------------------------------------------------- files

# is_hook FILE NAME: does FILE have the line that the build writes near the top of NAME? A less strict test could take
# another program's hook for kvmvlan's, and overwrite it.
is_hook() {
  head -n 5 -- "$1" | grep -q "^# kvmvlan [0-9][^ ]* $2: sh and JavaScript at once\$"
}

# state PATH: prints absent, masked (a link to /dev/null or an empty file: the administrator does not want it to run),
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

# is_there PATH: does it exist, also as a dangling link?
is_there() { [ -e "$1" ] || [ -L "$1" ]; }

# find_asides PATH: sets aside_last to the newest file that was set aside for PATH, if any, and aside_next to the name
# for the next one. Older ones may have been removed.
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

# set_aside PATH [keep]: renames it. With keep it gets a second name instead: PATH is replaced in one step afterwards,
# so that there is a hook at all times.
set_aside() {
  find_asides "$1"
  aside_to=$aside_next
  did 'set aside' 'set aside' "$(shown "$1") -> $(shown "$aside_to")"
  if [ "$dry" = 1 ]; then return; fi
  if [ "${2-}" = keep ] && ! [ -d "$1" ]; then
    ln -P -- "$1" "$aside_to" || die "$1 could not be set aside, so it was not changed"
  else
    mv -T -- "$1" "$aside_to" || die "$1 could not be set aside, so it was not changed"
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
    later "$1 was not a folder: it is kept as $aside_to"
  fi
  folder_shown=$(shown "$1")
  if [ "$dry" = 1 ]; then
    if grep -Fqxs -- "$1" "$work/folders"; then return; fi
    printf '%s\n' "$1" >>"$work/folders"
  fi
  changes=$((changes + 1))
  folders="$folders $folder_shown"
  if [ "$dry" = 1 ]; then return; fi
  mkdir -p -- "$1" || die "cannot create $1. The installation is incomplete: fix this, then run it again."
  chmod "$2" "$1"
}

# check_folder PATH: reports a folder that is, or is in, an open one: as root, the dispatcher runs no scripts from it.
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
  open_text="$open_at can be written by users other than root, so hooks do not run scripts in it, and guests may not
    start. Run: chown root '$open_at'; chmod go-w '$open_at'"
  case $notes in *"$open_text"*) ;; *) later "$open_text" ;; esac
}

# leads_out FOLDER: with --root, does a link or bind mount in its path lead out of that root? Sets out_to to the target.
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

# confine FOLDER: ends the run if FOLDER leads out.
confine() {
  if leads_out "$1"; then die "a link or mount in the path $1 leads out of $root, to $out_to. Nothing was changed there."; fi
}

# put_file CONTENT PATH MODE: replaces PATH with a copy of CONTENT, in one step.
put_file() {
  tmp=$(mktemp "${2%/*}/.kvmvlan.XXXXXX")
  cat -- "$1" >"$tmp"
  chmod "$3" "$tmp"
  mv -fT -- "$tmp" "$2"
  tmp=''
}

# same_file CONTENT PATH: is PATH a real file with this content?
same_file() { [ -f "$2" ] && ! [ -L "$2" ] && cmp -s -- "$1" "$2"; }

# right_mode PATH MODE: corrects mode and owner of a file whose content is right.
right_mode() {
  if [ "$(stat -c %a -- "$1")" != "${2#0}" ]; then
    did 'corrected the mode of' 'correct the mode of' "$(shown "$1") ($2)"
    if [ "$dry" = 0 ]; then chmod "$2" "$1"; fi
  fi
  if [ "$(id -u)" = 0 ] && [ "$(stat -c %u -- "$1")" != 0 ]; then
    did 'corrected the owner of' 'correct the owner of' "$(shown "$1") (root)"
    if [ "$dry" = 0 ]; then chown 0:0 -- "$1"; fi
  fi
}

# make_way PATH STATE: sets a foreign file aside. Fails if PATH is masked: then it must not be changed.
make_way() {
  case $2 in
    masked)
      later "$1 is masked (a link to /dev/null, or an empty file): it was not changed, and kvmvlan does not run there$(advise_mask "$1")"
      return 1
      ;;
    foreign)
      set_aside "$1" keep
      advise_foreign "$1" "$aside_to"
      ;;
  esac
}

# advise_mask PATH: explains that a mask also disables the links to the script.
advise_mask() {
  case ${1#"$root$hooks/"} in *.d/*) ;; *) return ;; esac
  if ! items | grep -q "^hook .* ${1#"$root"}\$"; then return; fi
  printf '%s' ".
    It does not run in other phases or as a command either, because those are links to it. To disable it only as a
    hook, remove the mask and write enabled = no into the section [${1##*/}] of $root$hooks/conf/dispatch.conf"
}

# advise_foreign PATH KEPT: explains how a replaced hook can still be run.
advise_foreign() {
  foreign_name=${1##*/}
  if [ "$1" != "$root$hooks/$foreign_name" ]; then
    later "$1 was edited or did not belong to kvmvlan: it is kept as $2"
    return
  fi
  foreign_text="$1 did not belong to kvmvlan: it is kept as $2. libvirt no longer calls it."
  if [ "$dry" = 1 ]; then set -- "$1" "$1"; fi
  if [ -f "$2" ] && grep -Eq "${foreign_name}_[^ ]*\\.d" "$2"; then
    foreign_text="$foreign_text
    It ran the scripts in ${foreign_name}_<phase>.d. kvmvlan also runs them, so nothing is lost."
  elif [ -f "$2" ] && grep -Eq "\\.d/\"?\\\$|$foreign_name\\.d" "$2"; then
    foreign_text="$foreign_text
    It seems to run $foreign_name.d/<guest>/<operation>/<sub-operation>. kvmvlan also runs these, so nothing is lost."
  else
    foreign_text="$foreign_text
    To let libvirt run it after kvmvlan, with the same four arguments as before:
      install -D -m 0755 '$aside_to' '$root$hooks/$foreign_name.d/former'
    To run a script in only one phase, as '<script> <object> <conf file>', put it into ${foreign_name}_<phase>.d"
  fi
  later "$foreign_text"
}

# stage: writes the path of node into a copy of each bundle, and checks that all files to install exist, before
# anything is changed.
stage() {
  while read -r kind what where; do
    case $kind in
      hook)
        if [ "$built" = 0 ] && [ "$dry" = 1 ]; then continue; fi
        bundle=$dist/${what#build/dist/}
        if ! grep -q "^node='@NODE@'\$" "$bundle" || ! is_hook "$bundle" "${what##*/}"; then
          die "$bundle is not a hook of kvmvlan: it lacks the line node='@NODE@', or '# kvmvlan … ${what##*/}: …' near its top. Build it again: npm run build"
        fi
        mkdir -p -- "$work/staged/${what%/*}"
        sed "s|^node='@NODE@'\$|node='${node:-@NODE@}'|" <"$bundle" >"$work/staged/$what"
        ;;
      text)
        if [ "$built" = 0 ] && [ "$dry" = 1 ]; then continue; fi
        if ! [ -f "$dist/${what#build/dist/}" ]; then die "$dist/${what#build/dist/} is missing. Build it again: npm run build"; fi
        ;;
      conf | unit | data | event)
        if ! [ -f "$here/$what" ]; then die "$here/$what is missing: this checkout is incomplete"; fi
        ;;
    esac
  done <"$work/items"
}

# put_copy CONTENT PATH MODE: replaces PATH with a copy of CONTENT, unless PATH is masked.
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

# note_new_hook PATH: a running daemon knows only the hooks that existed when it started or was last reloaded
# (virhook.c, virHookInitialize). The daemons that do not know this hook are recorded before it is installed, until
# they end or call the hook of a reload. So the next run reports them again, also after an interrupted run.
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

# conf/.shipped contains `<checksum>  <name>` of each sample and text that was ever installed. A file with a listed
# checksum was not edited. A link in its place is refused: it could copy the text of any file of this machine into the
# list, which all users may read.
check_list() {
  if [ -d "$root$hooks/conf" ]; then confine "$root$hooks/conf"; fi
  if is_there "$root$hooks/conf/.shipped" && { [ -L "$root$hooks/conf/.shipped" ] || ! [ -f "$root$hooks/conf/.shipped" ]; }; then
    die "$root$hooks/conf/.shipped is a link or not a regular file: check it, then remove it and run this again"
  fi
}

# shipped NAME CHECKSUM: is this pair listed?
shipped() { grep -Fqxs -- "$2  $1" "$root$hooks/conf/.shipped"; }

# entry PATH: prints its name in the list.
entry() {
  case $1 in
    "$root$hooks"/conf/*) printf '%s\n' "${1##*/}" ;;
    *) printf '%s\n' "${1#"$root"}" ;;
  esac
}

# is_shipped PATH: is it a real file that has not been edited since it was installed, perhaps first as <name>.new?
is_shipped() {
  if ! [ -f "$1" ] || [ -L "$1" ]; then return 1; fi
  shipped_sum=$(checksum "$1")
  shipped "$(entry "$1")" "$shipped_sum" || shipped "$(entry "$1").new" "$shipped_sum"
}

# listed NAME: is NAME listed, with any checksum?
listed() { grep -qs -- "  $1\$" "$root$hooks/conf/.shipped"; }

# ship NAME CHECKSUM: adds the pair to the list.
ship() {
  if [ "$dry" = 1 ] || shipped "$1" "$2"; then return; fi
  { cat -- "$root$hooks/conf/.shipped" 2>/dev/null || true; } >"$work/shipped"
  printf '%s  %s\n' "$2" "$1" >>"$work/shipped"
  put_file "$work/shipped" "$root$hooks/conf/.shipped" 0644
}

# forget NAME: removes NAME from the list.
forget() {
  if [ "$dry" = 1 ] || ! listed "$1"; then return; fi
  { grep -v -- "  $1\$" "$root$hooks/conf/.shipped" || true; } >"$work/shipped"
  put_file "$work/shipped" "$root$hooks/conf/.shipped" 0644
}

# ship_text CONTENT PATH: lists a file that is not a hook. (Hooks are recognised by their header.)
ship_text() {
  if ! is_hook "$1" "${2##*/}"; then ship "$(entry "$2")" "$(checksum "$1")"; fi
}

# put_listed CONTENT PATH MODE: lists the file before it is installed, so that it is recognised even after an
# interrupted run.
put_listed() {
  if [ "$dry" = 1 ]; then return; fi
  ship_text "$1" "$2"
  put_file "$@"
}

# put_conf SAMPLE PATH: installs or updates a sample, but keeps an edited conf.
put_conf() {
  conf_new=$(checksum "$1")
  if cmp -s -- "$1" "$2"; then
    ship "${2##*/}" "$conf_new"
  elif ! is_there "$2"; then
    did installed install "$(shown "$2")"
    put_listed "$1" "$2" 0644
  elif is_shipped "$2"; then
    did updated update "$(shown "$2") (it was the earlier sample, not edited)"
    put_listed "$1" "$2" 0644
  elif same_file "$1" "$2.new"; then
    ship "${2##*/}.new" "$conf_new"
  elif ! shipped "${2##*/}.new" "$conf_new"; then
    if is_there "$2.new" && ! is_shipped "$2.new"; then set_aside "$2.new" keep; fi
    did 'kept your' 'keep your' "$(shown "$2"); the new sample is next to it: ${2##*/}.new"
    # It is listed after it was written: a listed sample that does not exist was removed by the user, and is not written
    # again.
    if [ "$dry" = 0 ]; then put_file "$1" "$2.new" 0644; fi
    ship "${2##*/}.new" "$conf_new"
  fi
}

# put_item KIND WHAT WHERE: installs one line of items.
put_item() {
  item_to=$root$3
  case $1 in unit | data | event) if ! has_systemd; then return; fi ;; esac
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
    data) put_copy "$here/$2" "$item_to" 0644 ;;
    event) put_copy "$here/$2" "$item_to" 0755 ;;
  esac
}

set_aside_superseded() {
  for old_name in $superseded; do
    for old in "$root$hooks"/*.d/"$old_name"; do
      if is_there "$old" && ! leads_out "${old%/*}"; then
        set_aside "$old"
        later "$old is kvmvlan's predecessor, and would run in addition to kvmvlan: it is kept as $aside_to"
      fi
    done
  done
}

# ---------------------------------------------------------------- after

# label: sets the SELinux types of the installed files (virt_hook_t, bin_t).
label() {
  if ! command -v selinuxenabled >/dev/null || ! selinuxenabled; then return; fi
  if [ "$dry" = 1 ]; then
    say "  would run restorecon -RF $hooks"
    return
  fi
  if ! command -v restorecon >/dev/null; then
    later "SELinux is on, but restorecon was not found. Install policycoreutils, then run: restorecon -RF $hooks"
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
    later "SELinux confines hooks on this host. If it denies a hook something (ausearch -m avc -ts recent), run:
    setsebool -P virt_hooks_unconfined on"
  fi
}

# make_snapshot: makes the start-up snapshot of the installed executables for the installed node. A failure only makes
# their start slower.
make_snapshot() {
  put_folder "$snapshots" 0755
  if [ "$dry" = 0 ] && [ "$(state "$hooks/bin/kvmvlan")" != ours ]; then return; fi
  if [ "$dry" = 1 ]; then
    if [ "$changes" != 0 ]; then did ran run 'kvmvlan snapshot'; fi
    return
  fi
  if ! "$hooks/bin/kvmvlan" snapshot >"$work/snapshot" 2>&1; then
    later "hooks work, but start more slowly than possible: $(tail -n 2 -- "$work/snapshot" | tr '\n' ' ')"
  elif grep -q '^Made' "$work/snapshot"; then
    did made make 'the start-up snapshot'
  fi
}

libvirt_is_there() { command -v libvirtd >/dev/null || command -v virtqemud >/dev/null; }

# has_systemd: does this machine have systemd? With --root it is assumed to exist.
has_systemd() { [ "$live" = 0 ] || command -v systemctl >/dev/null; }

# has_program PATH: is the program installed that runs the scripts in the folder of PATH? Then its folder in /etc
# exists.
has_program() {
  case $1 in "$hooks"/*) return ;; esac
  program_folder=${1#/etc/}
  [ "$live" = 0 ] || [ -d "/etc/${program_folder%%/*}" ]
}

# was_enabled UNIT: did an earlier run enable it? Earlier versions had one unit, and one entry in the list.
was_enabled() { listed "systemd $1" || { [ "$only_path" = 1 ] && [ "$1" = kvmvlan.path ]; }; }

# tell_systemd: enables and starts the units. They are listed in conf/.shipped only after that has worked, so that the
# next run completes a failed or interrupted one. Enabling also works where systemd does not run (in a chroot).
tell_systemd() {
  if [ "$live" = 0 ]; then
    for unit in $enabled_units; do
      set -- "$root"/etc/systemd/system/*.wants/"$unit"
      if [ -L "$1" ]; then continue; fi
      later "To enable the unit there, run: systemctl --root '$root' enable $unit"
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

# update_catalog: lets journald's catalog have the installed text, or no longer have it.
update_catalog() {
  if [ "$live" = 0 ] || ! command -v journalctl >/dev/null; then return; fi
  if [ -f "$catalog" ]; then
    catalog_sum=$(checksum "$here/conf/systemd/kvmvlan.catalog")
    if shipped catalog "$catalog_sum"; then return; fi
  elif ! listed catalog; then
    return
  fi
  did ran run 'journalctl --update-catalog'
  if [ "$dry" = 1 ]; then return; fi
  # Without the catalog, only `journalctl -x` shows less.
  journalctl --update-catalog || return 0
  forget catalog
  if [ -f "$catalog" ]; then ship catalog "$catalog_sum"; fi
}

unit_texts() {
  items | sed -n 's/^unit \([^ ]*\) .*/\1/p' | while read -r unit; do cat -- "$here/$unit"; done
}

# systemd ARGUMENTS: runs systemctl. A failure is reported, but does not end the run.
systemd() {
  did ran run "systemctl $*"
  if [ "$dry" = 1 ]; then return; fi
  systemctl --quiet "$@" && return
  systemd_failed=1
  later "this failed, so changes of bridges and interfaces may not be noticed: systemctl $*
    Fix the error above, and run this again."
}

# daemons HOOK: prints `<pid> <start time> <name>` of each running daemon that calls it.
daemons() {
  # A daemon in a container has another /etc and does not count.
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
    # A daemon of another user (a session daemon) does not count either.
    [ "$(stat -c %u "$pid_folder" 2>/dev/null)" = 0 ] || continue
    there=$(stat -L -c %d:%i "$pid_folder/root$seen" 2>/dev/null) || there=''
    # Only root can check this. In a dry run of another user, every daemon counts.
    if [ -n "$there" ] || [ "$(id -u)" -eq 0 ]; then
      [ "$there" = "$(stat -L -c %d:%i "$seen")" ] || continue
    fi
    printf '%s %s %s\n' "${pid_folder#/proc/}" "$(start_time "$pid_folder")" "$daemon_name"
  done
}

# start_time /proc/PID: prints field 22 of its stat; the name in field 2 may contain spaces.
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
    later "Reload libvirt once. It looks for new hooks only when it starts or reloads (guests and connections are not affected):
    $(reload_command)"
  elif [ -n "$new_hooks" ]; then
    if libvirt_is_there; then
      later 'libvirt is not running: it finds the hooks when it starts.'
    else
      later 'libvirt is not installed yet: it finds the hooks when it first starts.'
    fi
  else
    say '  libvirt need not be reloaded.'
  fi
}

advise_conf() {
  # No advice if the user has already edited the conf files.
  for sample in bridge_init vlan_filtering; do
    cmp -s -- "$here/conf/$sample.conf" "$hooks/conf/$sample.conf" || return 0
  done
  later "Describe your bridges and guests in $hooks/conf/bridge_init.conf and vlan_filtering.conf;
    then run: bridge_init --dry-run; vlan_filtering --dry-run <guest>; kvmvlan --help"
  case ":$PATH_BEFORE:" in
    *:/usr/local/sbin:*) ;;
    *) later "/usr/local/sbin is not on your PATH: call them as /usr/local/sbin/bridge_init, …" ;;
  esac
}

# ---------------------------------------------------------------- install, uninstall

install_all() {
  refuse_beside_package
  if ! [ -f "$here/package.json" ]; then die "$here/package.json is missing: this checkout is incomplete"; fi
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
    if [ -z "$node" ]; then later "this machine has no Node.js $node_major.$node_minor or newer: the hooks will search their PATH for node"; fi
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
  update_catalog
  if [ "$changes" = 0 ]; then say '  Everything is up to date; nothing was changed.'; fi
  if [ "$live" = 0 ]; then return; fi
  advise_reload
  if [ "$dry" = 0 ]; then advise_conf; fi
}

# refuse_beside_package: a package manager does not know files that are installed here, and would remove some of them.
refuse_beside_package() {
  package_remover=''
  if command -v dpkg-query >/dev/null; then
    case $(dpkg-query --admindir="$root/var/lib/dpkg" -W -f='${db:Status-Status}' kvmvlan 2>/dev/null || true) in
      '' | not-installed | config-files) ;;
      *) package_remover='apt-get remove kvmvlan' ;;
    esac
  fi
  # Without a database, rpm would create one.
  if command -v rpm >/dev/null && { [ -d "$root/var/lib/rpm" ] || [ -d "$root/usr/lib/sysimage/rpm" ]; } &&
    rpm ${root:+--root "$root"} -q kvmvlan >/dev/null 2>&1; then
    package_remover='dnf remove kvmvlan'
  fi
  if [ -z "$package_remover" ]; then return; fi
  die "the package kvmvlan is installed${root:+ in $root}. Install a new version of it (build one with npm run package), or
run this again after: $package_remover"
}

# refuse_while_pending: what rolls the change back would be removed, and the host may be disconnected.
refuse_while_pending() {
  if ! is_there "$root/var/lib/kvmvlan/pending.json"; then return; fi
  die "a change of bridges waits to be confirmed, and could not be rolled back without kvmvlan. Run kvmvlan confirm or
kvmvlan undo, then run this again."
}

# put_back PATH: restores the newest file that was set aside for it.
put_back() {
  did 'put back' 'put back' "$(shown "$1") (was $(shown "$aside_last"))"
  if [ "$dry" = 0 ]; then mv -fT -- "$aside_last" "$1"; fi
  if [ "${1%/*}" = "$root$hooks" ]; then drop_twin "$1"; fi
}

# drop_twin HOOK: removes the copy <hook>.d/former that advise_foreign suggests: libvirt itself runs the scripts in
# <hook>.d, so the hook would run twice. Other files there belong to the user.
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
    later "libvirt runs both $twin and $1: remove the former if it does the same"
  fi
}

# remove PATH: removes it and puts back the file that was set aside for it.
remove() {
  find_asides "$1"
  if [ -n "$aside_last" ]; then
    put_back "$1"
  else
    did removed remove "$(shown "$1")"
    if [ "$dry" = 0 ]; then rm -f -- "$1"; fi
  fi
}

# remove_link TARGET PATH: removes PATH if it is a link to TARGET.
remove_link() {
  if [ -L "$2" ] && [ "$(readlink -- "$2")" = "$1" ]; then remove "$2"; fi
}

# remove_ours PATH [SOURCE]: removes it if it belongs to kvmvlan and is not edited.
remove_ours() {
  ours_state=$(state "$1")
  # A file that was installed by a version without the list.
  if [ -n "${2-}" ] && same_file "$2" "$1"; then ours_state=ours; fi
  case $ours_state in
    ours) remove "$1" ;;
    foreign) later "$1 was edited or does not belong to kvmvlan: it was not removed" ;;
    masked) later "$1 is a mask: it was not removed" ;;
  esac
}

# put_back_rest: puts back set-aside files whose replacement no longer exists, in all folders of installed files except
# conf.
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
    text | data | event) remove_ours "$item_at" "$here/$2" ;;
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
      rmdir -- "$item_at" 2>/dev/null || later "$item_at was not removed: it contains files that do not belong to kvmvlan"
      ;;
  esac
}

uninstall_all() {
  refuse_beside_package
  refuse_while_pending
  say "kvmvlan: uninstalling from $root$hooks"
  # In reverse order: dispatchers before their scripts, files before their folders.
  items | tac >"$work/items"
  : >"$work/back"
  # Check all paths before the first change.
  check_list
  while read -r kind what where; do confine "$root${where%/*}"; done <"$work/items"
  # This comes first, so that earlier scripts exist when the hooks that ran them are put back.
  put_back_rest
  while read -r kind what where; do remove_item "$kind" "$what" "$where"; done <"$work/items"
  # Now also files that had the place of a folder.
  put_back_rest
  if [ "$live" = 1 ]; then
    if [ "$units_changed" = 1 ] && has_systemd && [ -d /run/systemd/system ]; then systemd daemon-reload; fi
    forget systemd
    for unit in $enabled_units; do forget "systemd $unit"; done
    update_catalog
    if [ "$dry" = 0 ]; then
      rm -f -- "$stale"
      rm -rf -- "$snapshots"
    fi
  fi
  if [ "$changes" = 0 ]; then
    say '  kvmvlan is not installed here.'
    return
  fi
  later "conf and logs are kept: $root$hooks/conf, $root$hooks/logs"
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
