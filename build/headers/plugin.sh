#!/bin/sh
trap 'exit 1' 0
# kvmvlan @VERSION@ @NAME@: sh and JavaScript at once

. ./find_node.sh
if [ -z "$node" ]; then
  echo "@NAME@: node is not there: install it (18.19 or later), then run kvmvlan's install.sh again" >&2
  exit 1
fi
exec "$node" "$0" "$@"
