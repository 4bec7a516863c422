# The watchdog kills a hung hook. Node waits forever for threads that it cannot start (node_platform.cc), and for a
# command that hangs in the kernel. It looks at the hook every 5 s:
#
#   state     begins                       every 5 s
#   starts    with the watchdog            counts the silence; 60 s: killed, "node did not start"
#   runs      with USR1: node runs         nothing: node reads its input, and the writer may be slow
#   goes-on   with USR2: the watch begins  sends URG, counts the silence since the last USR2; 60 s: killed, "hung"
#   killed    after 60 s of silence, or    reports the reason and kills node, or sends USR2 to sh if it stays, which
#             if sh cannot continue        kills node
#
# The watchdog ends without any effect if it gets TERM, or if the hook has ended.
# shellcheck shell=sh

# watch: the watchdog itself, a subshell. Its parent is $$: node, or sh if it stays; then sh passes the signals on to
# node. Node sends USR1 when it runs. It sends USR2 when the watch begins, and as the answer to each URG of the
# watchdog. A signal before the first trap ends the subshell; then node does run.
watch() {
  # With exec, because dash keeps a copy of the output if only a command is redirected, and libvirt would wait for it.
  exec >/dev/null 2>&1
  state=starts silent=0
  trap 'again=yes state=runs' USR1
  trap 'again=yes state=goes-on silent=0' USR2
  trap 'trap - 0; kill -9 "$!"; exit' TERM
  trap kill_hook 0
  PATH=/usr/bin:/bin:$PATH
  # 60 s are long because many hooks may start at the same time on a busy host. After the hook was killed, the watchdog
  # runs for at most 5 s more.
  while [ $silent -lt 60 ]; do
    sleep 5 &
    slept=1 again=yes
    while [ $again = yes ]; do
      again=no
      wait "$!"
      ended=$?
      [ $ended -eq 127 ] || slept=$ended
    done
    if [ $slept -ne 0 ] || ! is_ours; then
      trap - 0
      # Do not always exit with 0: if this file was cut off at the call of watch, this is sh itself.
      exit "$end"
    fi
    silent=$((silent + 5))
    case $state in
    runs) silent=0 ;;
    goes-on) kill -URG $$ ;;
    esac
  done
  why="node did not start within 60 s; raise its limits of memory and processes (ulimit -a), then try again"
  if [ $state != starts ]; then
    why="the hook hung for 60 s and was killed; look for a command that hangs in the kernel: ps -eo pid,stat,wchan:30,args"
    timed_out=yes
  fi
  find_stderr
  trouble "$why" 2>"$stderr"
  [ "$reported" = yes ] || trouble "$why"
  exit
}

# find_stderr: sets $stderr to that of the hook. The watchdog has none of its own, because libvirt would wait for it. sh
# keeps a copy as 4, because its 2 is /dev/null while it waits.
find_stderr() {
  stderr=/proc/$$/fd/4
  [ "$stays" = yes ] && [ -e $stderr ] || stderr=/proc/$$/fd/2
}

# is_ours: is $$ still the parent? If it has ended, its process number may have been reused.
is_ours() {
  read -r _ _ _ parent _ </proc/self/stat
  [ "$parent" = $$ ]
}

# kill_hook: runs however the watchdog ends, unless the hook has ended before it.
kill_hook() {
  is_ours || exit
  # If sleep could not be started, nothing has been reported yet.
  find_stderr
  report 2>"$stderr"
  report
  if [ "$stays" = yes ]; then kill -USR2 $$; else kill -9 $$; fi
}
