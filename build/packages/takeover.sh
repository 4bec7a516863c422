# What an earlier installation by install.sh, or kvmvlan's predecessor, left in $root.
# shellcheck shell=sh

root=${DPKG_ROOT-}
hooks=/etc/libvirt/hooks
aside=.before-kvmvlan.bak # install.sh uses this name too: what it set aside comes back when the package is removed
units='kvmvlan.path kvmvlan-repair.timer kvmvlan-routes.path kvmvlan-routes.timer'

# note_new_units: before the files are installed. An upgrade starts what the former version did not have, and only that:
# a unit that the administrator has stopped or disabled stays so.
note_new_units() {
  new_units=''
  for unit in $units; do
    if ! [ -e "/usr/lib/systemd/system/$unit" ]; then new_units="$new_units $unit"; fi
  done
  mkdir -p /run/kvmvlan
  echo "$new_units" >/run/kvmvlan/new-units
}

# take_new_units: sets new_units to them, once.
take_new_units() {
  new_units=''
  if ! [ -f /run/kvmvlan/new-units ]; then return; fi
  new_units=$(sed 1q /run/kvmvlan/new-units)
  rm -f /run/kvmvlan/new-units
}

# is_there PATH: does it exist, also as a dangling link?
is_there() { [ -e "$1" ] || [ -L "$1" ]; }

# is_hook FILE NAME: is FILE kvmvlan's own hook? The build writes this line.
is_hook() {
  [ -f "$1" ] && head -n 5 "$1" | grep -q "^# kvmvlan [0-9][^ ]* $2: sh and JavaScript at once\$"
}

# unedited NAME FILE: is FILE as install.sh installed it? Its list has `<checksum>  <name>` of each such file.
unedited() {
  if ! [ -f "$2" ] || [ -L "$2" ]; then return 1; fi
  unedited_sum=$(sha256sum <"$2" | cut -d ' ' -f 1)
  grep -Fqxs -e "$unedited_sum  $1" -e "$unedited_sum  $1.new" "$root$hooks/conf/.shipped"
}

# remove_link PATH TARGET
remove_link() {
  if [ -L "$root$1" ] && [ "$(readlink -- "$root$1")" = "$2" ]; then rm -f -- "$root$1"; fi
}

# take_over: removes the files that install.sh installed outside of the package. Edited ones stay. Sets disabled to the
# units that the administrator has disabled since.
take_over() {
  disabled=''
  remove_link $hooks/qemu_reconnect_begin.d/vlan_filtering ../qemu_start_begin.d/vlan_filtering
  remove_link /usr/local/sbin/kvmvlan $hooks/bin/kvmvlan
  remove_link /usr/local/sbin/bridge_init $hooks/daemon_start.d/bridge_init
  remove_link /usr/local/sbin/vlan_filtering $hooks/qemu_start_begin.d/vlan_filtering
  remove_link /usr/local/share/bash-completion/completions/vlan_filtering kvmvlan
  remove_link /usr/local/share/bash-completion/completions/bridge_init kvmvlan
  shipped=$root$hooks/conf/.shipped
  if ! [ -f "$shipped" ] || [ -L "$shipped" ]; then return; fi
  # Links that enable units have the path of the old unit. They are made again for the new one.
  for unit in $units; do
    set -- "$root"/etc/systemd/system/*.wants/"$unit"
    if [ -L "$1" ]; then
      case $(readlink -- "$1") in /usr/local/*) rm -f -- "$1" ;; esac
    elif grep -q "  systemd $unit\$" "$shipped"; then
      disabled="$disabled $unit"
    fi
  done
  sed 's/^[^ ]*  //' "$shipped" | sort -u | while IFS= read -r name; do
    case $name in
      /usr/local/* | /etc/systemd/system/*) path=$root$name ;;
      *.conf.new) path=$root$hooks/conf/$name ;;
      *) continue ;;
    esac
    if unedited "$name" "$path"; then rm -f -- "$path"; fi
  done
  rm -f -- "$shipped"
}

# set_aside_predecessor: its scripts use the same conf files and logs, and would run in addition to kvmvlan's.
set_aside_predecessor() {
  for script in "$root$hooks"/*.d/bridge_init.py "$root$hooks"/*.d/vlan_filtering.py; do
    if ! is_there "$script"; then continue; fi
    mv -T --backup=numbered -- "$script" "$script$aside"
    echo "kvmvlan: ${script#"$root"} is kvmvlan's predecessor, and would run in addition to kvmvlan: it is kept as ${script##*/}$aside" >&2
  done
}

# put_back_predecessor: the reverse.
put_back_predecessor() {
  for script in "$root$hooks"/*.d/bridge_init.py"$aside" "$root$hooks"/*.d/vlan_filtering.py"$aside"; do
    if is_there "$script" && ! is_there "${script%"$aside"}"; then mv -T -- "$script" "${script%"$aside"}"; fi
  done
}
