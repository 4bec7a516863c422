#!/bin/sh
# Stands in for `ip`: the command with the number in /run/lab/fault fails, of those that change something, or, if the file
# says `kill`, whoever called this is killed before that command. 0: nothing can be read, either.
real=/run/spy/real/ip
read -r at how </run/lab/fault

# count: is it the turn of the command that fails?
count() {
  read -r number </run/lab/fault-count
  number=$((number + 1))
  echo "$number" >/run/lab/fault-count
  test "$number" -eq "$at" || return 1
  if [ "$how" = kill ]; then kill -KILL "$PPID"; exit 1; fi
  echo 'RTNETLINK answers: Operation not permitted' >&2
}

if [ "$at" = 0 ]; then
  echo 'Cannot open netlink socket: Operation not permitted' >&2
  exit 1
fi
case $* in
  *show*) exec $real "$@" ;;
  *-batch*) ;;
  *)
    if count; then exit 2; fi
    exec $real "$@"
    ;;
esac
input=$(cat)
case $input in *show*) exec $real "$@" <<END
$input
END
esac
line=0
while read -r words; do
  line=$((line + 1))
  # shellcheck disable=SC2086
  if count || ! $real $words; then
    echo "Command failed -:$line" >&2
    exit 1
  fi
done <<END
$input
END
