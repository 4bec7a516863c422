#!/bin/sh
# Runs all tiers on two processors. The machine tier takes as long as all others together, so it runs at the same time.
# After the others, the tests of the predecessor's files and of rejected changes run on Debian 13 too, and those of the guard
# only there; then `kvmvlan bridge` on both. The output of what runs beside is printed at the end.
shown=$(mktemp)
machine=
trap '[ -z "$machine" ] || kill "$machine"; rm -f "$shown"' EXIT
trap 'exit 130' INT TERM HUP
status=0
bridge='jest --selectProjects bridge --maxWorkers 1 --testPathPatterns bridge.test'
jest --selectProjects machine --maxWorkers 1 --testPathIgnorePatterns machine/guard >"$shown" 2>&1 &
machine=$!
jest --selectProjects unit bundle kernel install --maxWorkers 1 || status=1
KVMVLAN_TEST_SUITE=trixie jest --selectProjects machine --maxWorkers 1 \
  --testPathPatterns 'machine/(guard|predecessor|rejected_change)' || status=1
KVMVLAN_TEST_SUITE=trixie $bridge || status=1
$bridge || status=1
wait "$machine" || status=1
machine=
cat "$shown"
exit "$status"
