import type { CommandWords, OptionWords, PositionalWords } from './command_words';

const GENERAL: readonly OptionWords[] = [
  { name: 'help', alias: 'h', describe: 'show help', choices: null, isPath: false },
  { name: 'root', alias: null, describe: 'folder of the hooks', choices: [], isPath: true },
];

/** The completion of kvmvlan and the plugins for zsh. It starts no other program. */
export function completionZsh(commands: readonly CommandWords[]): string {
  return `#compdef kvmvlan vlan_filtering guest_routes bridge_init
# zsh completion for kvmvlan, vlan_filtering, guest_routes and bridge_init

_kvmvlan_guests() {
  local -aU names
  names=(/run/libvirt/qemu/*.xml(N:t:r) /etc/libvirt/qemu/*.xml(N:t:r))
  # A name that begins with a dash is offered only after --: else it would be an option.
  (( \${words[(I)--]} )) || names=(\${names:#-*})
  compadd -a names
}

_kvmvlan_bridges() {
  local -a names
  names=(/sys/class/net/*/bridge(N:h:t))
  compadd -a names
}

_kvmvlan_names() {
  _kvmvlan_guests
  _kvmvlan_bridges
}

_kvmvlan() {
  local curcontext=$curcontext state line
  typeset -A opt_args
  case $service in
  vlan_filtering)
    _arguments '--all[all running guests of the host]' '--dry-run[print the commands, change nothing]' \\
      '--json[print it as JSON]' '--help[show help]' '--version[show the version]' \\
      '1:guest:_kvmvlan_guests' '2:conf file:_files'
    return
    ;;
  guest_routes)
    _arguments '--all[all running guests of the host]' '--follow[all, until no guest moves to or from this host]' \\
      '--dry-run[print the commands, change nothing]' '--json[print it as JSON]' '--help[show help]' \\
      '--version[show the version]' '1:guest:_kvmvlan_guests' '2:conf file:_files'
    return
    ;;
  bridge_init)
    _arguments '--force[apply even if this disconnects the host]' '--dry-run[print the commands, change nothing]' \\
      '--json[print it as JSON]' '--help[show help]' '--version[show the version]' \\
      '1:phase:(start)' '2:conf file:_files'
    return
    ;;
  esac
  _arguments -C '--root[folder of the hooks]:folder:_files -/' '--help[show help]' '--version[show the version]' \\
    '1:command:->command' '*::argument:->argument'
  case $state in
  command)
    local -a commands
    commands=(
${commands.map(({ name, describe }) => `      ${quote(`${name}:${describe}`)}\n`).join('')}    )
    _describe command commands
    ;;
  argument)
    case $line[1] in
${commands.map(ofCommand).join('')}    esac
    ;;
  esac
}

_kvmvlan "$@"
`;
}

function ofCommand({ name, options, positionals }: CommandWords): string {
  const specs = [
    ...[...options, ...GENERAL].map(ofOption),
    ...positionals.map((positional, index) =>
      quote(`${index + 1}:${positional.name.replaceAll(':', ' ')}:${action(positional)}`),
    ),
  ];
  return `    ${name}) _arguments ${specs.join(' ')} ;;\n`;
}

function ofOption({ name, describe, choices, isPath }: OptionWords): string {
  const text = describe.replace(/[[\]:\\]/g, '\\$&');
  const value =
    choices === null
      ? ''
      : `:${name}:${isPath ? '_files' : choices.length === 0 ? ' ' : `(${choices.join(' ')})`}`;
  return quote(`--${name}[${text}]${value}`);
}

function action({ name, choices }: PositionalWords): string {
  if (choices.length > 0) return `(${choices.join(' ')})`;
  if (name === 'guest') return '_kvmvlan_guests';
  if (name === 'bridge') return '_kvmvlan_bridges';
  return name === 'name' ? '_kvmvlan_names' : ' ';
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
