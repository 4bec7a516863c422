# How install.sh --root copies the files of the package, and removes them.
# shellcheck shell=sh disable=SC2154 # install.sh sets the variables

# is_own PATH: is PATH in $root, or the folder in which it will be created, this machine's own (through a link or a bind
# mount)? In a chroot or a container, the machine of process 1 counts too.
is_own() {
  own=$1
  while [ -n "$own" ] && ! [ -e "$root$own/" ]; do own=${own%/*}; done
  if ! [ -e "$root$own/" ]; then return 1; fi
  own_id=$(stat -L -c %d:%i -- "$root$own/")
  [ "$own_id" = "$(stat -L -c %d:%i -- "$own/" 2>/dev/null)" ] ||
    [ "$own_id" = "$(stat -L -c %d:%i -- "/proc/1/root$own/" 2>/dev/null)" ]
}

# set_root DIR: `..` and links are resolved now: a part of the path that is created later must not change where it leads.
set_root() {
  root=$(readlink -m -- "$1")
  if [ "$root" = / ] && [ -z "$packager" ]; then
    root=''
  else
    root=${root%/}
    if [ -z "$root" ] || is_own '' || { [ -e "$root/etc" ] && is_own /etc; }; then
      bad_usage "--root $1 is this machine itself, or has its /etc: omit --root, or use another folder"
    fi
  fi
  # Links below /proc/<pid> show paths that are valid in that process, not here.
  if [ "$(stat -L -c %d:%i -- "$1" 2>/dev/null)" != "$(stat -L -c %d:%i -- "$root/" 2>/dev/null)" ]; then
    bad_usage "--root $1 does not lead where its links point: use the path of the folder itself"
  fi
  # takeover.sh is written for the scripts of packages.
  export DPKG_ROOT="$root"
  # shellcheck source=build/packages/takeover.sh
  . "$here/build/packages/takeover.sh"
  # What was copied: `<sha256>  <path>`; for a conf file, its name. Earlier versions of install.sh used it in the same way.
  list=$root$hooks/conf/.shipped
  if [ -L "$list" ]; then die "$list is a link: check it, then remove it and run this again"; fi
}

# is_ours PATH: may it be replaced, because it is missing, unedited, the same, or a hook of kvmvlan?
is_ours() {
  ours=$root$1
  if ! is_there "$ours" || unedited "$1" "$ours" || is_hook "$ours" "${1##*/}"; then return; fi
  if [ -L "$tree$1" ]; then
    [ "$(readlink -- "$ours")" = "$(readlink -- "$tree$1")" ]
  else
    ! [ -L "$ours" ] && cmp -s -- "$ours" "$tree$1"
  fi
}

# put PATH [SUFFIX]: copies one file, in one step. A link in its place is replaced, not followed.
put() {
  mkdir -p -- "$root${1%/*}"
  cp -P --preserve=mode --remove-destination -- "$tree$1" "$root${1%/*}/.kvmvlan-new"
  mv -fT -- "$root${1%/*}/.kvmvlan-new" "$root$1${2-}"
}

# put_conf PATH: keeps an edited conf.
put_conf() {
  if ! is_there "$root$1" || unedited "${1##*/}" "$root$1"; then
    put "$1"
  elif ! cmp -s -- "$tree$1" "$root$1"; then
    put "$1" .new
    say "  kept your $root$1; the new sample is next to it: ${1##*/}.new"
  fi
}

# check_files: all paths are checked before the first change.
check_files() {
  foreign=''
  while IFS= read -r file; do
    folder=${file%/*}
    case $(readlink -m -- "$root$folder")/ in
      "$root"/*) if [ -n "$root" ] && is_own "$folder"; then die "$root$folder is this machine's own. Nothing was changed."; fi ;;
      *) die "a link in the path $root$folder leads out of $root. Nothing was changed." ;;
    esac
    case $file in
      "$hooks"/conf/*) ;;
      *) is_ours "$file" || foreign="$foreign $root$file" ;;
    esac
  done <"$work/files"
  if [ -n "$foreign" ]; then
    die "these files do not belong to kvmvlan, or were edited:$foreign
Nothing was changed. Move them away, and run this again. kvmvlan also runs the scripts in $hooks/<hook>.d."
  fi
}

copy_files() {
  tree=$here/build/dist/tree
  if ! is_built "$tree/built"; then
    packager=none
    install_tools
    if [ "$dry" = 1 ]; then
      say "  would build, and copy to $root:"
      list_packaged deb
      return
    fi
    build tree
    tree=$built/tree
  fi
  tree=$tree/root
  (cd -- "$tree" && find . ! -type d) | cut -c 2- | sort >"$work/files"
  check_files
  say "kvmvlan -> ${root:-/}"
  if [ "$dry" = 1 ]; then
    sed 's|^|  would copy |' "$work/files"
    return
  fi
  (cd -- "$tree" && find . -mindepth 1 -type d -printf '%m %P\n') | while read -r mode folder; do
    if [ -d "$root/$folder" ]; then continue; fi
    mkdir -p -- "$root/$folder"
    chmod "$mode" "$root/$folder"
  done
  # libvirt must not call a dispatcher before everything that it needs is there.
  dispatchers="^$hooks/[a-z]*\$"
  confs="^$hooks/conf/"
  grep -e "$confs" "$work/files" | while IFS= read -r file; do put_conf "$file"; done
  take_over
  set_aside_predecessor
  grep -v -e "$confs" -e "$dispatchers" "$work/files" | while IFS= read -r file; do put "$file"; done
  grep -e "$dispatchers" "$work/files" | while IFS= read -r file; do put "$file"; done
  while IFS= read -r file; do
    sum='-' # a link
    if ! [ -L "$tree$file" ]; then sum=$(sha256sum <"$tree$file"); fi
    case $file in "$hooks"/conf/*) file=${file##*/} ;; esac
    printf '%s  %s\n' "${sum%% *}" "$file"
  done <"$work/files" >"$list"
  # shellcheck disable=SC2154 # takeover.sh sets units
  if [ -n "$root" ]; then
    say "To enable the units there, run: systemctl --root '$root' enable $units"
  else
    say "Then run: systemctl daemon-reload; systemctl enable --now $units; kvmvlan snapshot
and reload libvirt, because it looks for new hooks only when it starts or reloads: systemctl reload libvirtd"
  fi
  advise
}

remove_files() {
  if ! [ -f "$list" ]; then die "kvmvlan was not copied to ${root:-/} by --root"; fi
  if ! grep -q "  $hooks/qemu\$" "$list"; then
    die "an earlier install.sh installed kvmvlan in ${root:-/}. Run this without --uninstall first, to replace that installation."
  fi
  if is_there "$root/var/lib/kvmvlan/pending.json"; then
    die 'a change waits to be confirmed. Run kvmvlan confirm or kvmvlan undo, then run this again.'
  fi
  sed -n 's|^[^ ]*  /|/|p' "$list" | sort -r >"$work/files"
  while IFS= read -r file; do
    if ! is_there "$root$file"; then continue; fi
    if [ -L "$root$file" ] || unedited "$file" "$root$file" || is_hook "$root$file" "${file##*/}"; then
      run rm -f -- "$root$file"
    else
      say "  $root$file was edited: it was not removed"
    fi
  done <"$work/files"
  run rm -rf -- "$list" "$root/var/cache/kvmvlan"
  say "conf and logs stay in $root$hooks. To disable the units, if they were enabled: systemctl${root:+ --root \"$root\"} disable $units"
  if [ "$dry" = 1 ]; then return; fi
  (cd -- "$root/" && sed -n 's|^/\(.*\)/[^/]*$|\1|p' "$work/files" | sort -ru |
    xargs -d '\n' rmdir -p --ignore-fail-on-non-empty --) 2>/dev/null || :
  put_back_predecessor
}
