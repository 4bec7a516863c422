# The watchdog ends a hook that hangs: a node that cannot have its threads waits for them for ever (node_platform.cc),
# and so it waits for a command that hangs in the kernel.
# shellcheck shell=sh

# watch: the watchdog itself, a subshell. Its parent is $$: node, or where sh stays that, which hands on to node what the
# watchdog asks. Node says by USR1 that it runs, by USR2, then whenever asked (URG), that it goes on. What comes to a
# subshell before its first trap ends it; then node does run.
watch() {
  # By exec: of what a command alone redirects dash keeps a copy, and libvirt would wait for us.
  exec >/dev/null 2>&1
  state=starts silent=0
  trap 'again=yes state=runs' USR1
  trap 'again=yes state=goes-on silent=0' USR2
  trap 'trap - 0; kill -9 "$!"; exit' TERM
  trap kill_hook 0
  PATH=/usr/bin:/bin:$PATH
  # 60 s are long, as many hooks may start at once on a busy host. 5 s are also how long the watchdog may outlive a hook
  # that was killed.
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
      # Not 0 in any case: were this file cut off at the call, we would be sh itself.
      exit "$end"
    fi
    silent=$((silent + 5))
    case $state in
    runs) silent=0 ;;
    goes-on) kill -URG $$ ;;
    esac
  done
  why="node did not start within 60 s; give it more memory or processes (ulimit -a), then try again"
  [ $state = starts ] ||
    why="the hook hung for 60 s and was ended; look for a command that hangs in the kernel: ps -eo pid,stat,wchan:30,args"
  find_stderr
  trouble "$why" 2>"$stderr"
  [ "$told" = yes ] || trouble "$why"
  exit
}

# find_stderr: sets $stderr to the hook's. Ours would keep libvirt waiting; what sh keeps as 4 is not /dev/null while it
# waits.
find_stderr() {
  stderr=/proc/$$/fd/4
  [ "$stays" = yes ] && [ -e $stderr ] || stderr=/proc/$$/fd/2
}

# is_ours: if our parent has ended, its number may be another's by now.
is_ours() {
  read -r _ _ _ parent _ </proc/self/stat
  [ "$parent" = $$ ]
}

# kill_hook: however the watchdog ends, unless the hook has ended before it.
kill_hook() {
  is_ours || exit
  # Where no sleep could be had, nothing is told yet.
  find_stderr
  tell 2>"$stderr"
  tell
  if [ "$stays" = yes ]; then kill -USR2 $$; else kill -9 $$; fi
}
