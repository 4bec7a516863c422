#!/bin/sh
# `npm test`: runs all tiers, in two lanes for two processors. A lane that is free takes the next run of the list. The
# output of the second lane is printed at the end. KVMVLAN_TEST_DEPTH is one of these:
#   short  the default, 20 minutes: every tier, on Debian 12, without the files that test/depths lists
#   long   more than an hour, CI's: each machine test on Debian 12 or 13, `kvmvlan bridge` on both, few files left out
# The scripts test:machine, test:bridge and test:kernel of package.json run every test of a tier, on one release.
KVMVLAN_TEST_DEPTH=${KVMVLAN_TEST_DEPTH:-short}
on_13=machine/libvirt_vlan
status=0

case $KVMVLAN_TEST_DEPTH in
short) left_out='long|all' ;;
long) left_out='all' ;;
*)
  echo "KVMVLAN_TEST_DEPTH: $KVMVLAN_TEST_DEPTH is not short or long" >&2
  exit 2
  ;;
esac
# Patterns, one a word: paths have no spaces.
left_out=$(sed -nE "s#^($left_out) (.*)#test/\\2.test#p" "${0%/*}/depths")

# take: whether the next run of the list is for this lane.
take() {
  number=$((number + 1))
  mkdir "$KVMVLAN_TEST_RUNS/$number" 2>/dev/null && return
  # The other lane has taken it; if neither could, it has not been run.
  [ -d "$KVMVLAN_TEST_RUNS/$number" ] || status=1
  return 1
}

# run SUITE TIERS OPTIONS: a run of jest.
run() {
  take || return
  KVMVLAN_TEST_SUITE=$1
  export KVMVLAN_TEST_SUITE
  shift
  # shellcheck disable=SC2086 # words
  jest --verbose --maxWorkers 1 --selectProjects "$@" --testPathIgnorePatterns $left_out || status=1
}

# The long runs come first, so that both lanes end at about the same time.
lane() {
  number=0
  if take; then npm run check || status=1; fi
  run bookworm machine --testPathIgnorePatterns "$on_13"
  run bookworm unit kernel
  [ "$KVMVLAN_TEST_DEPTH" = short ] || run trixie bridge
  run bookworm bridge
  run bookworm bundle
  run bookworm install
  [ "$KVMVLAN_TEST_DEPTH" = short ] || run trixie machine --testPathPatterns "$on_13"
}

if [ "${1-}" = second ]; then
  lane
  exit "$status"
fi

KVMVLAN_TEST_RUNS=$(mktemp -d)
KVMVLAN_MACHINE_PROCESSORS=1
export KVMVLAN_TEST_RUNS KVMVLAN_MACHINE_PROCESSORS KVMVLAN_TEST_DEPTH
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
