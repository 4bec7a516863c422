# bash completion for kvmvlan, vlan_filtering, guest_routes and bridge_init
# shellcheck disable=SC1007 # declarations without a value, several in a line

_kvmvlan_guests() {
  local file
  for file in /run/libvirt/qemu/*.xml /etc/libvirt/qemu/*.xml; do
    [[ -e $file ]] || continue
    file=${file##*/}
    printf '%s\n' "${file%.xml}"
  done
}

_kvmvlan_bridges() {
  local bridge
  for bridge in /sys/class/net/*/bridge; do
    [[ -e $bridge ]] || continue
    bridge=${bridge%/bridge}
    printf '%s\n' "${bridge##*/}"
  done
}

# Splits the line up to the cursor as bash does. COMP_WORDS is of no use: its words also end at = and : in a name.
# Sets words (the last is being typed), open (the quote it is in), and kept (the length, without quotes, of its
# part before the text that readline will replace).
_kvmvlan_split() {
  local line=${COMP_LINE:0:COMP_POINT} char word= begun= at
  words=() open= before= kept=0
  for ((at = 0; at < ${#line}; at++)); do
    char=${line:at:1}
    if [[ -n $open && $char == "$open" ]]; then
      open= kept=${#word}
    elif [[ $open == \' ]]; then
      word+=$char
    elif [[ $char == \\ ]]; then
      begun=x
      ((at++))
      char=${line:at:1}
      [[ $open == \" && $char != [\"\\\$\`] ]] && word+=\\
      word+=$char
    elif [[ $open == \" ]]; then
      word+=$char
    elif [[ $char == [\"\'] ]]; then
      begun=x open=$char kept=${#word}
    elif [[ $char == [[:space:]] ]]; then
      [[ -n $begun ]] && words+=("$word")
      word= begun= kept=0
    else
      begun=x word+=$char
      [[ $COMP_WORDBREAKS == *"$char"* ]] && kept=${#word}
    fi
  done
  words+=("$word")
}

# _kvmvlan_put WORD: offers it, quoted, if it begins with the typed text.
_kvmvlan_put() {
  local word=$before$1
  [[ $word == "$typed"* && -z ${seen[x$word]} ]] || return
  seen[x$word]=1
  word=${word:kept}
  case $open in
  \") word=${word//\\/\\\\} word=${word//\"/\\\"} word=${word//\$/\\\$} word=${word//\`/\\\`} ;;
  \') word=${word//\'/\'\\\'\'} ;;
  *) [[ -n $word ]] && printf -v word %q "$word" ;;
  esac
  COMPREPLY+=("$word")
}

_kvmvlan_offer() {
  local word
  for word; do _kvmvlan_put "$word"; done
}

# Reads names, one on each line. A name that begins with a dash is offered only after --: else it would be an option.
_kvmvlan_offer_names() {
  local name
  while IFS= read -r name; do
    [[ $name == -* && -z $dashes ]] || _kvmvlan_put "$name"
  done
}

# readline itself quotes file names.
_kvmvlan_offer_files() {
  local file
  compopt -o filenames 2>/dev/null
  while IFS= read -r file; do
    file=$before$file
    COMPREPLY+=("${file:kept}")
  done < <(compgen -f -- "${typed#"$before"}")
}

# _kvmvlan_value OPTION: offers its values.
_kvmvlan_value() {
  case $1 in
  # @VALUES@
  esac
}

_kvmvlan() {
  local -a words
  local -A seen=()
  local open before kept i last typed command= position=0 dashes=
  COMPREPLY=()
  _kvmvlan_split
  last=$((${#words[@]} - 1))
  typed=${words[last]}
  for ((i = 1; i < last; i++)); do
    case ${dashes:-${words[i]}} in
    --) dashes=x ;;
    @OPTIONS@) ((i++)) ;;
    -*) ;;
    *) if [[ -z $command ]]; then command=${words[i]}; else ((position++)); fi ;;
    esac
  done
  # The word before it is an option with a value.
  if [[ $i -gt $last ]]; then
    _kvmvlan_value "${words[last - 1]}"
    return
  fi
  if [[ -z $dashes && $typed == --*=* ]]; then
    before=${typed%%=*}=
    _kvmvlan_value "${before%=}"
    return
  fi
  case $command in
  '') _kvmvlan_offer @COMMANDS@ --root --help --version ;;
  # @ARGUMENTS@
  esac
}

_kvmvlan_plugin() {
  local -a words
  local -A seen=()
  local open before kept i last typed position=0 dashes=
  COMPREPLY=()
  _kvmvlan_split
  last=$((${#words[@]} - 1))
  typed=${words[last]}
  for ((i = 1; i < last; i++)); do
    case ${dashes:-${words[i]}} in
    --) dashes=x ;;
    # They replace the guest.
    --all | --follow) ((position++)) ;;
    -*) ;;
    *) ((position++)) ;;
    esac
  done
  case ${dashes:-$typed} in
  -*)
    _kvmvlan_offer --dry-run --json --help --version
    case ${1##*/} in
    vlan_filtering) _kvmvlan_offer --all ;;
    guest_routes) _kvmvlan_offer --all --follow ;;
    *) _kvmvlan_offer --force ;;
    esac
    ;;
  *)
    if [[ $position -eq 0 && ${1##*/} != bridge_init ]]; then
      _kvmvlan_offer_names < <(_kvmvlan_guests)
    else
      _kvmvlan_offer_files
    fi
    ;;
  esac
}

complete -F _kvmvlan kvmvlan
complete -F _kvmvlan_plugin vlan_filtering guest_routes bridge_init
