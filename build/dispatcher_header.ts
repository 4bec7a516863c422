import { DELIBERATE_ABORT } from '../lib/dispatch/exit_status';
import { PHASES, type OnFailure } from '../lib/model/libvirt/phases';
import { CLOSE, NODE_PLACEHOLDER, OPEN, findNode } from './sh_header';

/** How long node may say nothing. Long, as many hooks may start at once on a busy host. */
const SILENT_SECONDS = 60;
/** How often it is looked at: also how long the one who looks may outlive a hook that was killed. */
const NAP_SECONDS = 5;

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
  const guestLayout =
    driver === 'daemon'
      ? ''
      : `way=$root/${driver}.d
for part in "$1" "$2" "$3" ''; do
  if [ -L "$way" ]; then
    idle=no
    break
  fi
  [ -e "$way" ] || break
  [ -n "$part" ] || idle=no
  way=$way/$part
done
`;
  return `#!/bin/sh
${OPEN}${shielded === '' ? 'end=1' : `case $2 in ${shielded})end=0;;*)end=1;esac`};trap 'exit $end' 0
# kvmvlan ${version} ${driver}: sh and JavaScript at once
root=\${0%/*}
[ "$root" = "$0" ] && root=.

# Nothing to run in this phase: the usual case. No link is followed here, as it may lead to a file system that does not
# answer: -L comes before -e. Node follows it, under the watchdog.
idle=yes
[ $# -eq 4 ] || idle=no
way=${folder}
if [ -L "$way" ]; then
  idle=no
else
  for script in "$way"/*; do
    [ -L "$script" ] || [ -e "$script" ] || break
    idle=no
    break
  done
fi
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
  PATH=/usr/bin:/bin:$PATH
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
# By builtins alone, as there may be no more processes.
tell() {
  [ "$told" = yes ] || {
    echo "kvmvlan: $root/${driver}: $why" >&2
    put null "$why"
  }
}
trap 'tell; [ -z "$dog" ] || kill "$dog" 2>/dev/null; exit $end' 0
why='sh could not go on: there is no memory, or no more processes are allowed; give libvirt more of them' dog=''

# The dog ends a hook that hangs: a node that cannot have its threads waits for them for ever (node_platform.cc), and so
# it waits for a command that hangs in the kernel. Its parent is $$: node, or where sh stays that, which hands on to node
# what the dog asks. Node says by USR1 that it runs, by USR2, then whenever asked, that it goes on. What comes to a
# subshell before its first trap ends it; then node does run.
watch() {
  # By exec: of what a command alone redirects dash keeps a copy, and libvirt would wait for us.
  exec >/dev/null 2>&1
  state=starts silent=0
  trap 'again=yes state=runs' USR1
  trap 'again=yes state=goes-on silent=0' USR2
  trap 'trap - 0; kill -9 "$!"; exit' TERM
  trap bite 0
  PATH=/usr/bin:/bin:$PATH
  while [ $silent -lt ${SILENT_SECONDS} ]; do
    sleep ${NAP_SECONDS} &
    slept=1 again=yes
    while [ $again = yes ]; do
      again=no
      wait "$!"
      ended=$?
      [ $ended -eq 127 ] || slept=$ended
    done
    if [ $slept -ne 0 ] || ! is_ours; then
      trap - 0
      # Not 0 in any case: were this file cut off at the call, we would be sh itself.
      exit $end
    fi
    silent=$((silent + ${NAP_SECONDS}))
    case $state in
    runs) silent=0 ;;
    goes-on) kill -URG $$ ;;
    esac
  done
  why="node did not start within ${SILENT_SECONDS} s; give it more memory or processes (ulimit -a), then try again"
  [ $state = starts ] ||
    why="the hook hung for ${SILENT_SECONDS} s and was ended; look for a command that hangs in the kernel: ps -eo pid,stat,wchan:30,args"
  find_stderr
  trouble "$why" 2>"$stderr"
  [ "$told" = yes ] || trouble "$why"
  exit
}
# Ours would keep libvirt waiting; what sh keeps as 4 is not /dev/null while it waits.
find_stderr() {
  stderr=/proc/$$/fd/4
  [ $end -eq 0 ] && [ -e $stderr ] || stderr=/proc/$$/fd/2
}
# If our parent has ended, its number may be another's by now.
is_ours() {
  read -r _ _ _ parent _ </proc/self/stat
  [ "$parent" = $$ ]
}
bite() {
  is_ours || exit
  # Where no nap could be had, nothing is told yet.
  find_stderr
  tell 2>"$stderr"
  tell
  if [ $end -eq 1 ]; then kill -9 $$; else kill -USR2 $$; fi
}
again=no pid='' bitten=no
trap 'again=yes; [ -z "$pid" ] || kill -URG "$pid"' URG
trap 'again=yes told=yes bitten=yes; [ -z "$pid" ] || kill -9 "$pid"' USR2
watch &
dog=$!
export KVMVLAN_DOG=$dog
why="node could not be run; see what sh says of it, then run kvmvlan's install.sh again"
[ $end -eq 1 ] && exec "$node" "$0" "$@"
why='sh could not go on: there is no memory, or no more processes are allowed; give libvirt more of them'
trap '' PIPE

# In the background, so that a signal to us reaches it; there its input would be /dev/null. A redirection from what is
# closed would end sh. /dev/fd is a link that not every container has.
if [ -e /dev/fd/0 ] || [ -e /proc/self/fd/0 ]; then exec 3<&0; else exec 3</dev/null; fi
term=no
trap 'again=yes term=yes; [ -z "$pid" ] || kill -TERM "$pid"' HUP INT TERM
[ $bitten = no ] || exit
"$node" "$0" "$@" <&3 3<&- &
pid=$!
[ $term = no ] || kill -TERM "$pid" 2>/dev/null
[ $bitten = no ] || kill -9 "$pid" 2>/dev/null
exec 3<&-
if [ -e /dev/fd/2 ] || [ -e /proc/self/fd/2 ]; then exec 4>&2; fi
# A signal ends wait early, and then there is something left to wait for.
status=127 again=yes
while [ $again = yes ]; do
  again=no
  wait "$pid"
  ended=$?
  [ $ended -eq 127 ] || status=$ended
done 2>/dev/null
pid=''
case $status in
0) told=yes ;;
${DELIBERATE_ABORT})
  told=yes
  [ "$2" = reconnect ] || end=1
  ;;
*)
  if [ "$told" != yes ]; then
    how="ended with status $status"
    [ $status -le 128 ] || how="was killed by signal $((status - 128))"
    trouble "node $how; see its stderr and the scripts' logs; if a file is damaged, run kvmvlan's install.sh again"
  fi
  ;;
esac
exit
${CLOSE}
`;
}
