# Runs node as a child of sh: from a snapshot, and in the phases in which libvirt would kill a guest.
# shellcheck shell=sh disable=SC2034 # those that include it read status, and set runs

# keep_input: our standard input as 3, for the child: that of one in the background is /dev/null. A redirection from what
# is closed would end sh. /dev/fd is a link that not every container has.
keep_input() {
  if [ -e /dev/fd/0 ] || [ -e /proc/self/fd/0 ]; then exec 3<&0; else exec 3</dev/null; fi
}

# pass <signal>: to node; it then ends, or goes on, as if it had been called without us.
pass() {
  again=yes passed=$1
  [ -z "$pid" ] || kill -s "$1" "$pid"
}

# start <node> <word…>: runs it in the background, so that a signal to us reaches it, waits for it, and sets $status.
# We keep its input until it runs, and no longer: whoever writes to it must notice that it reads no more.
start() {
  "$@" <&3 3<&- 4>&- &
  pid=$!
  [ -z "$passed" ] || kill -s "$passed" "$pid" 2>/dev/null
  [ $killed = no ] || kill -9 "$pid" 2>/dev/null
  # A signal ends wait early, and then there is something left to wait for.
  status=127 again=yes
  while [ $again = yes ]; do
    again=no
    [ $runs = no ] || exec 3<&-
    wait "$pid"
    ended=$?
    [ $ended -eq 127 ] || status=$ended
  done 2>/dev/null
  pid=''
}

# end_as_node: with the status, or by the signal, with which node has ended. It ignores SIGPIPE: 141 is a status of ours.
end_as_node() {
  trap - 0
  case $status in
  141) ;;
  129 | 1[3-8]? | 19[012])
    trap - $((status - 128))
    kill -$((status - 128)) $$
    ;;
  esac
  exit "$status"
}

again=no pid='' passed='' killed=no
