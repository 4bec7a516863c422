# Sets $snapshot to the start-up snapshot of this node and this file (docs/start-up.md), to nothing where there is none.
# shellcheck shell=sh disable=SC2154 # find_node.sh sets node

# One of another node ends node before any JavaScript, so its name says of which two files it is made. The folder must be
# root's alone: whoever may write there could have root run anything. By builtins where there is none at all.
snapshot=
if [ -d @CACHE@ ]; then
  found=$(/usr/bin/stat -L --printf '@IDENTITY@' "$node" "$0" @CACHE@ 2>/dev/null)
  case $found in *-0-755,) snapshot=@CACHE@/${found%,*,} ;; esac
  [ -f "$snapshot" ] && [ -r "$snapshot" ] || snapshot=
fi

# Node says by USR1 that it runs, and must be heard, or it would be started twice. A signal that is ignored since before
# us cannot be trapped.
runs=no
if [ -n "$snapshot" ]; then
  trap 'again=yes runs=yes' USR1
  kill -USR1 $$
  [ $runs = yes ] || snapshot=
  runs=no
fi
