#!/bin/sh
# Runs a kernel for as long as its owner lives, and leaves nothing behind.
# $1: the shared folder, removed at the end; then the command. File 3 ends when the owner does, however it does.
shared=$1
shift
# shellcheck disable=SC3045 # dash, bash and busybox know it
ulimit -c 0
exec 4<&0
"$@" <&4 3<&- 4<&- &
kernel=$!
# User-Mode Linux leads a process group of its own; what an agent on this machine started dies with the agent.
trap 'kill -KILL -$kernel; kill -KILL $kernel' TERM
# The kernel sees its stdin end at the same time, and gets this long to stop by itself.
{ trap - TERM; read -r _ <&3; sleep 3; kill -TERM $$; } >/dev/null 2>&1 4<&- &
watch=$!
exec 4<&- 3<&-
wait $kernel
status=$?
{ kill $watch; wait $kernel; } 2>/dev/null
rm -rf "$shared"
exit $status
