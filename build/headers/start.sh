# Runs node as a child of sh: with a snapshot, and in the phases in which libvirt would kill a guest.
# shellcheck shell=sh disable=SC2034 # those that include it read status, and set runs

# keep_input: copies standard input to 3 for the child, because the standard input of a background process is /dev/null.
# sh would end at a redirection from a closed descriptor. Some containers lack the link /dev/fd.
keep_input() {
  if [ -e /dev/fd/0 ] || [ -e /proc/self/fd/0 ]; then exec 3<&0; else exec 3</dev/null; fi
}

# pass <signal>: passes it to node, which then ends or continues as if it had been started directly.
pass() {
  again=yes passed=$1
  [ -z "$pid" ] || kill -s "$1" "$pid"
}

# start <node> <word ...>: runs it in the background, so that sh can pass on signals, waits for it, and sets $status. sh
# keeps its input open only until node runs: the writer must notice when node stops reading.
start() {
  "$@" <&3 3<&- 4>&- &
  pid=$!
  [ -z "$passed" ] || kill -s "$passed" "$pid" 2>/dev/null
  [ $killed = no ] || kill -9 "$pid" 2>/dev/null
  # A signal interrupts wait, so wait again.
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

# end_as_node: ends with the status or signal of node. Node ignores SIGPIPE, so 141 is an exit status of kvmvlan.
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
