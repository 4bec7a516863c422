#!/bin/sh
case $2 in @SHIELDED@) end=0 ;; *) end=1 ;; esac; trap 'exit $end' 0
# kvmvlan @VERSION@ @NAME@: sh and JavaScript at once
#
# The header of a dispatcher. In a phase without scripts it ends without node. In a phase in which libvirt would kill
# a guest it stays, and turns every fault of kvmvlan into status 0. $end is the exit status unless something better is
# known: the trap makes sure of that, also if this file was cut off, or sh cannot fork. Line 2 is not protected by the
# trap, so it must be short.
driver=@NAME@
root=${0%/*}
[ "$root" = "$0" ] && root=.

# Usually there is nothing to run in this phase. No link is followed here, because its file system may not answer: -L
# comes before -e. Node follows it, under the watchdog.
idle=yes routes=no
[ $# -eq 4 ] || idle=no
way=$root/${driver}_$2_$3.d
[ $driver = daemon ] && way=$root/daemon_$2.d
if [ -L "$way" ]; then
  idle=no
else
  for script in "$way"/*; do
    [ -L "$script" ] || [ -e "$script" ] || break
    if [ "$script" = "$way/guest_routes" ]; then
      routes=yes
    else
      idle=no
      break
    fi
  done
fi
# The layout <driver>.d/<guest>/<operation>/<sub-operation>, which the daemon does not have.
if [ $driver != daemon ]; then
  way=$root/$driver.d
  for part in "$1" "$2" "$3" ''; do
    if [ -L "$way" ]; then
      idle=no
      break
    fi
    [ -e "$way" ] || break
    [ -n "$part" ] || idle=no
    way=$way/$part
  done
fi
# guest_routes has nothing to do while its conf has only comments and it has changed nothing since boot: see
# lib/dispatch/routes_nothing.ts. Where a guest ends or is found again, there is something to do only if it has changed
# something. If in doubt, node decides, for example if a comment contains a line end of old systems.
if [ "$idle$routes" = yesyes ]; then
  conf=$root/conf/guest_routes.conf
  if [ -e @ROUTED@ ]; then
    idle=no
  else
    case $2 in
    stopped | release | reconnect) ;;
    *)
      if [ -L "$root/conf" ] || [ -L "$conf" ]; then
        idle=no
      elif [ -e "$conf" ]; then
        command -p grep -qs -e '^[[:blank:]]*[^#;[:space:]]' -e '[[:cntrl:]].' "$conf"
        [ $? -eq 1 ] || idle=no
      fi
      ;;
    esac
  fi
fi
if [ "$idle" = yes ]; then
  end=0
  exit
fi

# The hook may fail where libvirt then aborts an operation that has not begun yet, or only logs the failure. In all
# other phases, and in operations of future libvirt versions, a fault of kvmvlan must not kill a guest.
case "${2-}_${3-}" in
_* | @MAY_FAIL@) end=1 ;;
*) end=0 ;;
esac
[ $# -eq 4 ] || [ "$2" = reconnect ] || end=1
[ $end -eq 1 ] || trap 'exit $end' HUP INT TERM

. ./find_node.sh

# put <time as JSON> <reason>: appends a line to logs/dispatch.log, with builtins only.
put() {
  if [ ! -L "$log" ] && { [ -f "$log" ] || [ ! -e "$log" ]; }; then
    printf '{"time":%s,"call":["%s","%s","%s","%s","-"],"script":null,"outcome":"trouble","reason":"%s","status":null,"ms":0,"log":null}\n' \
      "$1" "$driver" "$object" "$operation" "$sub" "$2" >>"$log"
  fi 2>/dev/null
  reported=yes
}

# trouble <reason>: reports it to stderr, to the log, and to the system's log, because libvirt may ignore stderr.
trouble() {
  echo "kvmvlan: $root/$driver: $1" >&2
  PATH=/usr/bin:/bin:$PATH
  umask 027
  # shellcheck disable=SC2174 # logs alone
  [ -d "$root/logs" ] || mkdir -m 750 "$root/logs" 2>/dev/null
  now=$(date -u '+"%Y-%m-%dT%H:%M:%SZ"' 2>/dev/null)
  put "${now:-null}" "$1"
  command -v logger >/dev/null || return
  if [ "$timed_out" = yes ] && [ -S /run/systemd/journal/socket ]; then
    fields "$1" | timeout 5 logger --journald 2>/dev/null
    # 124: it was out of time; syslog ends at the same daemon.
    case $? in 0 | 124) return ;; esac
  fi
  timeout 5 logger -t kvmvlan -p daemon.err -- "$driver $object $operation $sub: $1" 2>/dev/null
}

# fields <reason>: the entry of lib/system/log/journal.ts for a hook that was out of time.
fields() {
  printf '%s\n' MESSAGE_ID=@TIMED_OUT@ PRIORITY=3 SYSLOG_FACILITY=3 SYSLOG_IDENTIFIER=kvmvlan \
    "MESSAGE=$driver $object $operation $sub: $1"
  case $driver in
  daemon) echo "KVMVLAN_PHASE=${driver}_$operation" ;;
  network) echo "KVMVLAN_PHASE=${driver}_${operation}_$sub" ;;
  *)
    echo "KVMVLAN_PHASE=${driver}_${operation}_$sub"
    [ "$object" = '?' ] || echo "KVMVLAN_GUEST=$object"
    ;;
  esac
}
log=$root/logs/dispatch.log object=${1-} operation=${2-} sub=${3-} reported='' timed_out=no
case "$object" in *[!A-Za-z0-9._-]*) object='?' ;; esac
case "$operation$sub" in *[!A-Za-z0-9._-]*) operation='?' sub='?' ;; esac

if [ -z "$node" ]; then
  trouble "node was not found: install version 18.19 or later as /usr/bin/node"
  exit
fi
# report: reports $why, with builtins only: it may not be possible to start processes.
# shellcheck disable=SC2317 # the traps call it
report() {
  [ "$reported" = yes ] || {
    echo "kvmvlan: $root/$driver: $why" >&2
    put null "$why"
  }
}
trap 'report; [ -z "$watchdog" ] || kill "$watchdog" 2>/dev/null; exit $end' 0
why='sh could not continue: there is not enough memory, or too many processes; raise these limits for libvirt' watchdog=''

. ./find_snapshot.sh
# With a snapshot sh stays as well, to start node without it if the snapshot cannot be used.
stays=no
[ $end -eq 1 ] && [ -z "$snapshot" ] || stays=yes

. ./watchdog.sh
. ./start.sh
trap 'again=yes; [ -z "$pid" ] || kill -URG "$pid"' URG
trap 'again=yes reported=yes killed=yes; [ -z "$pid" ] || kill -9 "$pid"' USR2
watch &
watchdog=$!
why='node could not be run; see the message of sh, and check whether /usr/bin/node --version works'
export KVMVLAN_START="$driver - $watchdog $PPID"
[ $stays = yes ] || exec "$node" "$0" "$@"
why='sh could not continue: there is not enough memory, or too many processes; raise these limits for libvirt'
trap '' PIPE
keep_input
trap 'pass TERM' HUP INT TERM
if [ -e /dev/fd/2 ] || [ -e /proc/self/fd/2 ]; then exec 4>&2; fi
[ $killed = no ] || exit
if [ -n "$snapshot" ]; then
  KVMVLAN_START="$driver $$ $watchdog $PPID"
  start "$node" --no-warnings --snapshot-blob "$snapshot" "$0" "$@"
  if [ $runs = no ] && [ -z "$passed" ] && [ $killed = no ]; then
    echo "kvmvlan: $root/$driver: started without its snapshot: node failed with it (status $status); run kvmvlan check" >&2
    KVMVLAN_START="$driver - $watchdog $PPID"
    snapshot=
  fi
fi
if [ -z "$snapshot" ]; then
  runs=yes
  start "$node" "$0" "$@"
fi
if [ $end -eq 1 ]; then
  kill "$watchdog" 2>/dev/null
  end_as_node
fi
case $status in
0) reported=yes ;;
@ABORT@)
  reported=yes
  [ "$2" = reconnect ] || end=1
  ;;
*)
  if [ "$reported" != yes ]; then
    how="ended with status $status"
    [ "$status" -le 128 ] || how="was killed by signal $((status - 128))"
    trouble "node $how; see its stderr and the scripts' logs; if a file is damaged, install kvmvlan again"
  fi
  ;;
esac
exit
