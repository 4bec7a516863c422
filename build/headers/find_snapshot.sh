# Sets $snapshot to the start-up snapshot of this node and this file (docs/start-up.md), to nothing if there is none.
# shellcheck shell=sh disable=SC2154 # find_node.sh sets node

# With a snapshot of another node, node ends before any JavaScript. So its name identifies the two files that it is made
# of. Only root may write to the folder: a snapshot can contain any code. Without the folder no process is started.
snapshot=
if [ -d @CACHE@ ]; then
  found=$(/usr/bin/stat -L --printf '@IDENTITY@' "$node" "$0" @CACHE@ 2>/dev/null)
  case $found in *-0-755,) snapshot=@CACHE@/${found%,*,} ;; esac
  [ -f "$snapshot" ] && [ -r "$snapshot" ] || snapshot=
fi

# Node sends USR1 when it runs. This signal must arrive, or node would be started twice. If USR1 was already ignored
# when sh started, it cannot be trapped, and the snapshot is not used.
runs=no
if [ -n "$snapshot" ]; then
  trap 'again=yes runs=yes' USR1
  kill -USR1 $$
  [ $runs = yes ] || snapshot=
  runs=no
fi
