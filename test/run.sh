#!/bin/sh
# Runs all tiers, in two lanes that take about as long as each other on two processors. Each machine test runs once, on Debian
# 12 or 13, and the long ones do not: `KVMVLAN_TEST_SUITE=trixie npm run test:machine` runs all of them on Debian 13.
# `kvmvlan bridge` is tested on both. The output of the second lane is printed at the end.
on_13='machine/(predecessor|libvirt_vlan)'
status=0

# run SUITE WORKERS OPTIONS: one run of jest.
run() {
  KVMVLAN_TEST_SUITE=$1
  export KVMVLAN_TEST_SUITE
  workers=$2
  shift 2
  jest --maxWorkers "$workers" --selectProjects "$@" || status=1
}

first_lane() {
  run bookworm 1 unit kernel
  run trixie 1 machine --testPathPatterns "$on_13"
  run trixie 1 bridge --testPathPatterns bridge.test
  run bookworm 1 bundle
}

second_lane() {
  run bookworm 1 machine --testPathIgnorePatterns "$on_13"
  run bookworm 1 bridge --testPathPatterns bridge.test
  run bookworm 1 install
}

if [ "${1-}" = second ]; then
  second_lane
  exit "$status"
fi

shown=$(mktemp)
# In a process group of its own, so that it can be ended with all that it has started.
setsid sh "$0" second >"$shown" 2>&1 &
lane=$!
trap '[ -z "$lane" ] || kill -- "-$lane"; rm -f "$shown"' EXIT
trap 'exit 130' INT TERM HUP
first_lane
wait "$lane" || status=1
lane=
cat "$shown"
exit "$status"
