#!/bin/sh
# Runs all tiers, in two lanes for two processors: a lane that is free takes the next run of the list. Each machine test runs
# once, on Debian 12 or 13, and the long ones do not: `KVMVLAN_TEST_SUITE=trixie npm run test:machine` runs all of them on
# Debian 13. `kvmvlan bridge` is tested on both. The output of the second lane is printed at the end.
on_13='machine/libvirt_vlan'
# The kernel and bundle tiers test the same without libvirt; of remedies for firewalls, the unit tier tests the texts.
long='(machine/(predecessor|identity|routed_migration)|routed/firewalls)\.test'
status=0

# run SUITE OPTIONS: one run of jest, if the other lane has not taken it.
run() {
  number=$((number + 1))
  if ! mkdir "$KVMVLAN_TEST_RUNS/$number" 2>/dev/null; then
    # Taken; if it could not be taken, it has not been run.
    [ -d "$KVMVLAN_TEST_RUNS/$number" ] || status=1
    return
  fi
  KVMVLAN_TEST_SUITE=$1
  export KVMVLAN_TEST_SUITE
  shift
  jest --verbose --maxWorkers 1 --selectProjects "$@" || status=1
}

# The long runs come first, so that both lanes end at about the same time.
lane() {
  number=0
  run bookworm machine --testPathIgnorePatterns "$on_13" "$long"
  run bookworm unit kernel --testPathIgnorePatterns "$long"
  run trixie bridge --testPathPatterns bridge.test
  run bookworm bridge --testPathPatterns bridge.test
  run bookworm install
  run bookworm bundle
  run trixie machine --testPathPatterns "$on_13"
}

if [ "${1-}" = second ]; then
  lane
  exit "$status"
fi

KVMVLAN_TEST_RUNS=$(mktemp -d)
KVMVLAN_MACHINE_PROCESSORS=1
export KVMVLAN_TEST_RUNS KVMVLAN_MACHINE_PROCESSORS
# In a process group of its own, so that it can be ended with all that it has started.
setsid sh "$0" second >"$KVMVLAN_TEST_RUNS/output" 2>&1 &
second=$!
trap '[ -z "$second" ] || kill -- "-$second"; rm -rf "$KVMVLAN_TEST_RUNS"' EXIT
trap 'exit 130' INT TERM HUP
lane
wait "$second" || status=1
second=
cat "$KVMVLAN_TEST_RUNS/output"
exit "$status"
