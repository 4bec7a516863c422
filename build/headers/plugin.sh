#!/bin/sh
trap 'exit 1' 0
# kvmvlan @VERSION@ @NAME@: sh and JavaScript at once

. ./find_node.sh
if [ -z "$node" ]; then
  echo "@NAME@: node was not found: install version 18.19 or later as /usr/bin/node" >&2
  exit 1
fi

. ./find_snapshot.sh
export KVMVLAN_START="@NAME@ - - -"
[ -n "$snapshot" ] || exec "$node" "$0" "$@"

# sh stays, to start node without the snapshot if the snapshot cannot be used.
. ./start.sh
for signal in HUP INT QUIT TERM; do
  # shellcheck disable=SC2064 # expand it now
  trap "pass $signal" $signal
done
keep_input
KVMVLAN_START="@NAME@ $$ - -"
start "$node" --no-warnings --snapshot-blob "$snapshot" "$0" "$@"
if [ $runs = yes ] || [ -n "$passed" ]; then end_as_node; fi
echo "@NAME@: started without its snapshot: node failed with it (status $status); run kvmvlan check" >&2
trap - HUP INT QUIT TERM
KVMVLAN_START="@NAME@ - - -"
exec "$node" "$0" "$@" <&3 3<&-
