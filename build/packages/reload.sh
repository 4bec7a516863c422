# Lets libvirt find new hooks: its daemons look for them only when they start or reload.
# shellcheck shell=sh disable=SC2154 # takeover.sh sets hooks

# note_daemons: lists the running daemons as `<pid> <start time> <name>`, for `kvmvlan check`. A daemon that reloads
# calls a hook, which removes it from the list.
note_daemons() {
  mkdir -p /run/kvmvlan
  for process in /proc/[0-9]*; do
    { read -r name <"$process/comm"; } 2>/dev/null || continue
    case $name in libvirtd | virtqemud | virtnetworkd | virtlxcd | virtxend) ;; *) continue ;; esac
    # A daemon in a container or of another user has other hooks.
    if [ "$(stat -c %u "$process")" != 0 ]; then continue; fi
    if [ "$(stat -L -c %d:%i "$process/root$hooks")" != "$(stat -L -c %d:%i "$hooks")" ]; then continue; fi
    printf '%s %s %s\n' "${process#/proc/}" "$(cut -d ' ' -f 22 "$process/stat")" "$name"
  done >/run/kvmvlan/reload-needed
}

# reload_libvirt COMMAND…: runs it for each active daemon. A reload does not affect guests and connections, but it applies
# conf files that were edited in the meantime.
reload_libvirt() {
  note_daemons
  if ! [ -d /run/systemd/system ]; then return; fi
  for daemon in libvirtd virtqemud virtnetworkd virtlxcd virtxend; do
    if systemctl --quiet is-active "$daemon.service"; then
      "$@" "$daemon.service" || echo "kvmvlan: libvirt calls the new hooks only after: systemctl reload $daemon" >&2
    fi
  done
}
