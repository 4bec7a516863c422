#!/bin/sh
# All tiers. The machine tier takes as long as all others together, so it runs beside them; it is shown when all is done.
shown=$(mktemp)
machine=
trap '[ -z "$machine" ] || kill "$machine"; rm -f "$shown"' EXIT
trap 'exit 130' INT TERM HUP
jest --selectProjects machine --maxWorkers 1 >"$shown" 2>&1 &
machine=$!
jest --selectProjects unit bundle kernel install --maxWorkers 1
status=$?
wait "$machine" || status=1
machine=
cat "$shown"
exit "$status"
