import type { CommandWords, PositionalWords } from './command_words';

/** The completion of kvmvlan, vlan_filtering and bridge_init for bash. It starts no process but bash itself. */
export function completionBash(commands: readonly CommandWords[]): string {
  const withValue = new Map<string, readonly string[]>([['root', []]]);
  for (const { options } of commands)
    for (const { name, choices } of options) if (choices !== null) withValue.set(name, choices);
  const lists = [...withValue].filter(([, choices]) => choices.length > 0);
  const files = [...withValue].filter(([, choices]) => choices.length === 0).map(([name]) => `--${name}`);
  return `# bash completion for kvmvlan, vlan_filtering and bridge_init

_kvmvlan_guests() {
  local file
  for file in /run/libvirt/qemu/*.xml /etc/libvirt/qemu/*.xml; do
    [[ -e $file ]] || continue
    file=\${file##*/}
    printf '%s\\n' "\${file%.xml}"
  done
}

_kvmvlan_bridges() {
  local bridge
  for bridge in /sys/class/net/*/bridge; do
    [[ -e $bridge ]] || continue
    bridge=\${bridge%/bridge}
    printf '%s\\n' "\${bridge##*/}"
  done
}

# _kvmvlan_offer WORD...: those that go on with what is typed, as bash has to have them typed.
_kvmvlan_offer() {
  local word typed=\${COMP_WORDS[COMP_CWORD]}
  typed=\${typed//\\\\/}
  typed=\${typed#[\\"\\']}
  for word; do
    [[ $word == "$typed"* ]] || continue
    printf -v word %q "$word"
    [[ " \${COMPREPLY[*]} " == *" $word "* ]] || COMPREPLY+=("$word")
  done
}

_kvmvlan_offer_lines() {
  local -a lines
  mapfile -t lines
  _kvmvlan_offer "\${lines[@]}"
}

_kvmvlan_offer_files() {
  local -a lines
  mapfile -t lines < <(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}")
  compopt -o filenames 2>/dev/null
  COMPREPLY=("\${lines[@]}")
}

_kvmvlan() {
  local i command= position=0
  COMPREPLY=()
  case \${COMP_WORDS[COMP_CWORD-1]} in
${lists.map(([name, choices]) => `    --${name}) _kvmvlan_offer ${choices.join(' ')}; return ;;\n`).join('')}    ${files.join(' | ')}) _kvmvlan_offer_files; return ;;
  esac
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
    ${[...withValue.keys()].map((name) => `--${name}`).join(' | ')}) ((i++)) ;;
    -*) ;;
    *) if [[ -z $command ]]; then command=\${COMP_WORDS[i]}; else ((position++)); fi ;;
    esac
  done
  case $command in
  '') _kvmvlan_offer ${commands.map(({ name }) => name).join(' ')} --root --help --version ;;
${commands.map(ofCommand).join('')}  esac
}

_kvmvlan_plugin() {
  COMPREPLY=()
  case \${COMP_WORDS[COMP_CWORD]} in
  -*)
    _kvmvlan_offer --dry-run --json --help --version
    [[ $1 == *vlan_filtering ]] && _kvmvlan_offer --all
    ;;
  *)
    if [[ $COMP_CWORD -eq 1 && $1 == *vlan_filtering ]]; then
      _kvmvlan_offer_lines < <(_kvmvlan_guests)
    else
      _kvmvlan_offer_files
    fi
    ;;
  esac
}

complete -F _kvmvlan kvmvlan
complete -F _kvmvlan_plugin vlan_filtering bridge_init
`;
}

function ofCommand({ name, options, positionals }: CommandWords): string {
  const flags = options.flatMap((option) => [
    `--${option.name}`,
    ...(option.alias === null ? [] : [`${option.alias.length === 1 ? '-' : '--'}${option.alias}`]),
  ]);
  const at = positionals.map((positional, index) => `    ${index}) ${offer(positional)} ;;\n`).join('');
  return `  ${name})
    case \${COMP_WORDS[COMP_CWORD]}:$position in
    -*) _kvmvlan_offer ${[...flags, '--help', '--root'].join(' ')} ;;
${at.replace(/^ {4}(\d)/gm, '    *:$1')}    esac
    ;;
`;
}

function offer({ name, choices }: PositionalWords): string {
  if (choices.length > 0) return `_kvmvlan_offer ${choices.join(' ')}`;
  const lists = [
    ...(['guest', 'name', 'guest|bridge'].includes(name) ? ['_kvmvlan_guests'] : []),
    ...(['bridge', 'name', 'guest|bridge'].includes(name) ? ['_kvmvlan_bridges'] : []),
  ];
  return lists.length === 0 ? ':' : `_kvmvlan_offer_lines < <(${lists.join('; ')})`;
}
