import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { joinScript } from '../../../../build/join_script';
import { COMMANDS } from '../../../../lib/cli/commands';
import { commandWords } from '../../../../lib/cli/completion/completion_words';
import { completionBash } from '../../../../lib/cli/completion/completion_bash';
import { completionZsh } from '../../../../lib/cli/completion/completion_zsh';

const TEMPLATES = join(__dirname, '../../../../build/completions');
const BASH = joinScript(TEMPLATES, 'kvmvlan.bash');
const ZSH = joinScript(TEMPLATES, '_kvmvlan');
const WORDS = COMMANDS.map(commandWords);
const folder = mkdtempSync(join(tmpdir(), 'kvmvlan-completion-'));
/** The script, with folders of ours in the place of the host's. */
function write(name: string, script: string): string {
  const path = join(folder, name);
  const ours = script
    .replaceAll('/run/libvirt/qemu', `${folder}/run`)
    .replaceAll('/etc/libvirt/qemu', `${folder}/etc`)
    .replaceAll('/sys/class/net', `${folder}/net`);
  writeFileSync(path, ours);
  return path;
}

beforeAll(() => {
  for (const name of ['run', 'etc', 'net/br0/bridge', 'net/eth0'])
    mkdirSync(join(folder, name), { recursive: true });
  for (const file of ['run/VM1.xml', 'run/VM1.pid', 'etc/VM1.xml', 'etc/Windows 10.xml', "etc/it's.xml"])
    writeFileSync(join(folder, file), '');
  for (const guest of ODD) writeFileSync(join(folder, `etc/${guest}.xml`), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

const ODD = ['-odd', 'a=b', 'a=b c', 'cost $5', 'w:1'];
/** The names that may stand where an option may, as bash and zsh have them typed. */
const GUESTS = ['VM1', 'Windows\\ 10', 'a=b\\ c', 'a=b', 'cost\\ \\$5', "it\\'s", 'w:1'];

const NAMES = WORDS.map(({ name }) => name);

describe('bash', () => {
  /** What bash offers for the words; the last is the one that is being typed. */
  function offered(...words: readonly string[]): string[] {
    const script = write('kvmvlan.bash', completionBash(BASH, WORDS));
    const run =
      '. "$1"; shift; COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}; ' +
      'complete -p "$1" >/dev/null || exit; f=$(complete -p "$1"); f=${f#* -F }; "${f%% *}" "$1"; printf "%s\\n" "${COMPREPLY[@]}"';
    // Without anything on the PATH: it starts no process.
    const output = execFileSync('/bin/bash', ['--norc', '-c', run, 'bash', script, ...words], {
      env: { PATH: '/nowhere', LC_ALL: 'C.UTF-8' },
      encoding: 'utf8',
      cwd: folder,
    });
    return output.split('\n').filter((word) => word !== '');
  }

  test.each<[string[], string[]]>([
    [
      ['kvmvlan', ''],
      [...NAMES, '--root', '--help', '--version'],
    ],
    [['kvmvlan', 'in'], ['inspect']],
    [['kvmvlan', 'inspect', ''], GUESTS],
    [['kvmvlan', 'inspect', 'Windows\\ '], ['Windows\\ 10']],
    [['kvmvlan', 'inspect', 'VM1', ''], []],
    [['kvmvlan', '--root', '/x', 'inspect', 'V'], ['VM1']],
    [
      ['kvmvlan', 'inspect', '--'],
      ['--xml', '--json', '--help', '--root'],
    ],
    [['kvmvlan', 'inspect', '--xml', 'e'], ['etc']],
    [['kvmvlan', 'metrics', '--output', 'e'], ['etc']],
    [
      ['kvmvlan', 'simulate', '--driver', 'l'],
      ['lxc', 'libxl'],
    ],
    [
      ['kvmvlan', 'simulate', '--driver', 'lxc', 'VM1', 'st'],
      ['start', 'started', 'stopped'],
    ],
    [
      ['kvmvlan', 'simulate', 'VM1', 'start', ''],
      ['begin', 'end'],
    ],
    [
      ['kvmvlan', 'completion', ''],
      ['bash', 'zsh'],
    ],
    [['kvmvlan', 'no-such-command', ''], []],
    [['vlan_filtering', ''], GUESTS],
    [['vlan_filtering', '--a'], ['--all']],
    [['bridge_init', '--d'], ['--dry-run']],
    [['bridge_init', '--f'], ['--force']],
    [['vlan_filtering', '--f'], []],
    [['guest_routes', ''], GUESTS],
    [['guest_routes', '--f'], ['--follow']],
    [['guest_routes', '--follow', 'e'], ['etc']],
    [['kvmvlan', 'inspect', '--xml=e'], ['etc']],
    [['kvmvlan', 'simulate', '--extra', ''], []],
    [['kvmvlan', 'apply', '--confirm', ''], []],
    // Not --id, which is for the timer.
    [
      ['kvmvlan', 'undo', '--'],
      ['--help', '--root'],
    ],
    [
      ['kvmvlan', 'simulate', '--driver=l'],
      ['lxc', 'libxl'],
    ],
    // A name that goes on after another is no repetition of it.
    [
      ['kvmvlan', 'log', 'a='],
      ['b\\ c', 'b'],
    ],
    [['kvmvlan', 'log', '--', '-'], ['-odd']],
    [
      ['kvmvlan', 'log', '-'],
      ['--follow', '-f', '--json', '--help', '--root'],
    ],
    [['vlan_filtering', '--', '-'], ['-odd']],
  ])('%j', (words, expected) => {
    expect(offered(...words)).toEqual(expected);
  });

  test('bridges, and both', () => {
    const positionals = [{ name: 'name', describe: '', isRequired: false, choices: [] }];
    const status = { name: 'status', describe: '', positionals, options: [], examples: [], epilogue: null };
    const script = write('both.bash', completionBash(BASH, [status]));
    const run = '. "$1"; COMP_LINE="kvmvlan status "; COMP_POINT=15; _kvmvlan; echo "${COMPREPLY[@]}"';
    const output = execFileSync('/bin/bash', ['--norc', '-c', run, 'bash', script], {
      env: { LC_ALL: 'C.UTF-8' },
      encoding: 'utf8',
    });
    expect(output).toBe(`${[...GUESTS, 'br0'].join(' ')}\n`);
  });
});

const hasPython = spawnSync('python3', ['-V']).status === 0;

(hasPython ? test : test.skip)(
  'in an interactive bash',
  () => {
    const script = write('kvmvlan.bash', completionBash(BASH, WORDS));
    const lines: readonly (readonly [typed: string, completed: string])[] = [
      ['kvmvlan insp', 'kvmvlan inspect '],
      ['kvmvlan log VM', 'kvmvlan log VM1 '],
      ['kvmvlan log Win', 'kvmvlan log Windows\\ 10 '],
      ['kvmvlan log Windows\\ ', 'kvmvlan log Windows\\ 10 '],
      ['kvmvlan log "Win', 'kvmvlan log "Windows 10" '],
      ['kvmvlan log "Windows ', 'kvmvlan log "Windows 10" '],
      ["kvmvlan log 'Windows ", "kvmvlan log 'Windows 10' "],
      ['kvmvlan log it', "kvmvlan log it\\'s "],
      ["kvmvlan log 'it", "kvmvlan log 'it'\\''s' "],
      ['kvmvlan log "co', 'kvmvlan log "cost \\$5" '],
      ['kvmvlan log a', 'kvmvlan log a=b'],
      ['kvmvlan log a=b\\ ', 'kvmvlan log a=b\\ c '],
      ['kvmvlan log "a=b ', 'kvmvlan log "a=b c" '],
      ['kvmvlan log w:', 'kvmvlan log w:1 '],
      ['kvmvlan log w\\:', 'kvmvlan log w:1 '],
      ['kvmvlan simulate --driver=lx', 'kvmvlan simulate --driver=lxc '],
      ['kvmvlan inspect --xml=et', 'kvmvlan inspect --xml=etc/'],
      ['kvmvlan inspect --xml "et', 'kvmvlan inspect --xml "etc/'],
      ['kvmvlan inspect --xml etc/Win', 'kvmvlan inspect --xml etc/Windows\\ 10.xml '],
      ['kvmvlan simulate --extra et', 'kvmvlan simulate --extra et'],
      ['kvmvlan log -- -o', 'kvmvlan log -- -odd '],
      ['true; vlan_filtering --dry-run VM', 'true; vlan_filtering --dry-run VM1 '],
      ['vlan_filtering --all VM', 'vlan_filtering --all VM'],
      ['true; vlan_filtering VM', 'true; vlan_filtering VM1 '],
    ];
    const told = execFileSync('python3', [
      join(__dirname, 'bash_complete.py'),
      script,
      ...lines.map(([typed]) => typed),
    ]);
    expect(told.toString().split('\n').slice(0, -1)).toEqual(lines.map(([, completed]) => completed));
  },
  60_000,
);

const hasZsh = spawnSync('zsh', ['-c', 'true']).status === 0 && spawnSync('python3', ['-V']).status === 0;

(hasZsh ? describe : describe.skip)('zsh', () => {
  test.each<[string, string[]]>([
    ['kvmvlan ', NAMES],
    ['kvmvlan inspect ', GUESTS],
    ['kvmvlan inspect --', ['--xml', '--json', '--help', '--root']],
    ['kvmvlan simulate --driver ', ['qemu', 'lxc', 'libxl', 'network', 'daemon']],
    ['kvmvlan simulate VM1 re', ['reload', 'release', 'reconnect', 'restore']],
    ['vlan_filtering ', GUESTS],
    ['guest_routes ', GUESTS],
    ['guest_routes --', ['--all', '--follow', '--dry-run', '--json', '--help', '--version']],
    ['vlan_filtering --', ['--all', '--dry-run', '--json', '--help', '--version']],
    ['bridge_init --', ['--force', '--dry-run', '--json', '--help', '--version']],
  ])(
    '"%s"',
    (line, expected) => {
      const script = write('_kvmvlan', completionZsh(ZSH, WORDS));
      const output = execFileSync('python3', [join(__dirname, 'zsh_complete.py'), script, line], {
        encoding: 'utf8',
      });
      expect(output.trimEnd().split('\n').sort()).toEqual([...expected].sort());
    },
    30_000,
  );
});
