import { DELIBERATE_ABORT } from '../lib/dispatch/exit_status';
import { PHASES, type OnFailure } from '../lib/dispatch/phases';
import { CLOSE, NODE_PLACEHOLDER, OPEN, findNode } from './sh_header';

/** How long node may take to start. Long, as many hooks may start at once on a busy host. */
const START_SECONDS = 60;

/**
 * The header of a dispatcher. It ends idle phases without node, and in the phases in which libvirt would kill a guest
 * it stays, to make every fault of ours 0.
 *
 * $end is the status with which sh ends unless something better is known: the trap sees to that, also where this file
 * was cut off, or sh cannot fork. The first line that does something must be short, as nothing guards it.
 */
export function dispatcherHeader(driver: string, version: string): string {
  const known = PHASES.filter((phase) => phase.driver === driver);
  const withRule = (...rules: readonly OnFailure[]) =>
    known.filter(({ onFailure }) => rules.includes(onFailure));
  const shielded = [...withRule('never'), ...withRule('report')].map(({ operation }) => operation).join('|');
  const mayFail = withRule('abort', 'logged')
    .map(({ operation, suboperation }) => `${operation}_${driver === 'daemon' ? '*' : suboperation}`)
    .join(' | ');
  const folder = driver === 'daemon' ? '$root/daemon_$2.d' : `$root/${driver}_$2_$3.d`;
  const guestLayout = driver === 'daemon' ? '' : `[ -e "$root/${driver}.d/$1/$2/$3" ] && idle=no\n`;
  return `#!/bin/sh
${OPEN}${shielded === '' ? 'end=1' : `case $2 in ${shielded})end=0;;*)end=1;esac`};trap 'exit $end' 0
# kvmvlan ${version} ${driver}: sh and JavaScript at once
root=\${0%/*}
[ "$root" = "$0" ] && root=.

# Nothing to run in this phase: the usual case.
idle=yes
[ $# -eq 4 ] || idle=no
for script in "${folder}"/*; do
  [ -e "$script" ] || [ -L "$script" ] || break
  idle=no
  break
done
${guestLayout}if [ "$idle" = yes ]; then
  end=0
  exit
fi

# Where a failure makes libvirt abort what has not begun yet, or is only logged, we may fail. Everywhere else, and in
# operations of a libvirt to come, a fault of ours must not kill a guest.
case "\${2-}_\${3-}" in
_* | ${mayFail}) end=1 ;;
*) end=0 ;;
esac
[ $# -eq 4 ] || [ "$2" = reconnect ] || end=1
[ $end -eq 1 ] || trap 'exit $end' HUP INT TERM
${findNode(NODE_PLACEHOLDER)}

# put <time as JSON> <reason>: a line for logs/dispatch.log, by builtins alone.
put() {
  if [ ! -L "$log" ] && { [ -f "$log" ] || [ ! -e "$log" ]; }; then
    printf '{"time":%s,"call":["${driver}","%s","%s","%s","-"],"script":null,"outcome":"trouble","reason":"%s","status":null,"ms":0,"log":null}\\n' \\
      "$1" "$object" "$operation" "$sub" "$2" >>"$log"
  fi 2>/dev/null
  told=yes
}

# trouble <reason>: to stderr, the log, and where libvirt does not look at our stderr, to the system's log.
trouble() {
  echo "kvmvlan: $root/${driver}: $1" >&2
  PATH=$PATH:/usr/bin:/bin
  umask 027
  [ -d "$root/logs" ] || mkdir -m 750 "$root/logs" 2>/dev/null
  now=$(date -u '+"%Y-%m-%dT%H:%M:%SZ"' 2>/dev/null)
  put "\${now:-null}" "$1"
  command -v logger >/dev/null && timeout 5 logger -t kvmvlan -p daemon.err -- "${driver} $object $operation $sub: $1" 2>/dev/null
}
log=$root/logs/dispatch.log object=\${1-} operation=\${2-} sub=\${3-} told=
case "$object$operation$sub" in *[!A-Za-z0-9._-]*) object='?' operation='?' sub='?' ;; esac

if [ -z "$node" ]; then
  trouble "node is not there: install it (18.19 or later), then run kvmvlan's install.sh again"
  exit
fi
[ $end -eq 1 ] && exec "$node" "$0" "$@"
trap '[ "$told" = yes ] || put null "sh could not go on: no memory, or no more processes allowed"; exit $end' 0
trap '' PIPE

# In the background, so that a signal to us reaches it; there its input would be /dev/null.
if [ -e /dev/fd/0 ]; then exec 3<&0; else exec 3</dev/null; fi
again=no pid='' dog='' how=''
trap 'again=yes; [ -z "$pid" ] || kill -TERM "$pid"' HUP INT TERM
trap 'again=yes how=came; [ -z "$dog" ] || kill "$dog"; dog=' USR1
trap 'again=yes dog=; [ "$how" = came ] || { how="did not start within ${START_SECONDS} s"; kill -9 "$pid"; }' USR2
KVMVLAN_SH=$$ "$node" "$0" "$@" <&3 3<&- &
pid=$!
[ $again = no ] || kill -TERM "$pid" 2>/dev/null
exec 3<&-
# A node that cannot have its threads waits for them for ever (node_platform.cc), so it tells us by USR1 that it runs.
# What comes to a subshell before its first trap is lost: then node has ended already.
watch() {
  again=no
  trap 'again=yes' TERM
  sleep ${START_SECONDS} &
  nap=$!
  trap 'kill -9 "$nap"; exit' TERM
  if [ $again = yes ] || ! kill -0 "$pid"; then kill -9 "$nap"; fi
  wait "$nap" || return
  # If our parent has ended, its number may be another's by now.
  read -r _ _ _ parent _ </proc/self/stat
  [ "$parent" != $$ ] || kill -USR2 $$
}
{ watch <&- >/dev/null 2>&1 & }
dog=$!
# A signal ends wait early, and then there is something left to wait for.
status=127 again=yes
while [ $again = yes ]; do
  again=no
  wait "$pid"
  ended=$?
  [ $ended -eq 127 ] || status=$ended
done 2>/dev/null
[ -z "$dog" ] || kill "$dog" 2>/dev/null
case $status in
0) told=yes ;;
${DELIBERATE_ABORT})
  told=yes
  [ "$2" = reconnect ] || end=1
  ;;
*)
  case $how in
  '' | came) how="ended with status $status" && [ $status -gt 128 ] && how="was killed by signal $((status - 128))" ;;
  esac
  trouble "node $how; see its stderr and the scripts' logs; if a file is damaged, run kvmvlan's install.sh again"
  ;;
esac
exit
${CLOSE}
`;
}
