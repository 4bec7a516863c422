# Sets $snapshot to the start-up snapshot of this node and this file (docs/start-up.md), to nothing where there is none.
# shellcheck shell=sh disable=SC2154 # find_node.sh sets node

# One of another node ends node before any JavaScript, so its name says of which two files it is made. By builtins where
# there is none at all.
snapshot=@CACHE@
[ -d $snapshot ] && snapshot=$snapshot/$(/usr/bin/stat -L --printf '@IDENTITY@' "$node" "$0" 2>/dev/null)
[ -f "$snapshot" ] && [ -r "$snapshot" ] || snapshot=

# Node says by USR1 that it runs, and must be heard, or it would be started twice. A signal that is ignored since before
# us cannot be trapped.
runs=no
if [ -n "$snapshot" ]; then
  trap 'again=yes runs=yes' USR1
  kill -USR1 $$
  [ $runs = yes ] || snapshot=
  runs=no
fi
