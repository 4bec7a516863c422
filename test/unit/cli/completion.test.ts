import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check } from '../../../lib/cli/check';
import { completion } from '../../../lib/cli/completion';
import { commandWords } from '../../../lib/cli/completion_words';
import { inspect } from '../../../lib/cli/inspect';
import { log } from '../../../lib/cli/log';
import { simulate } from '../../../lib/cli/simulate';
import { completionBash } from '../../../lib/view/completion_bash';
import { completionZsh } from '../../../lib/view/completion_zsh';

const WORDS = [inspect, log, simulate, check, completion].map(commandWords);
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
});
afterAll(() => rmSync(folder, { recursive: true }));

const COMMANDS = ['inspect', 'log', 'simulate', 'check', 'completion'];

describe('bash', () => {
  /** What bash offers for the words; the last is the one that is being typed. */
  function offered(...words: readonly string[]): string[] {
    const script = write('kvmvlan.bash', completionBash(WORDS));
    const run =
      '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); ' +
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
      [...COMMANDS, '--root', '--help', '--version'],
    ],
    [['kvmvlan', 'in'], ['inspect']],
    [
      ['kvmvlan', 'inspect', ''],
      ['VM1', 'Windows\\ 10', "it\\'s"],
    ],
    [['kvmvlan', 'inspect', 'Windows\\ '], ['Windows\\ 10']],
    [['kvmvlan', 'inspect', 'VM1', ''], []],
    [['kvmvlan', '--root', '/x', 'inspect', 'V'], ['VM1']],
    [
      ['kvmvlan', 'inspect', '--'],
      ['--xml', '--json', '--help', '--root'],
    ],
    [['kvmvlan', 'inspect', '--xml', 'e'], ['etc']],
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
    [
      ['vlan_filtering', ''],
      ['VM1', 'Windows\\ 10', "it\\'s"],
    ],
    [['vlan_filtering', '--a'], ['--all']],
    [['bridge_init', '--d'], ['--dry-run']],
  ])('%j', (words, expected) => {
    expect(offered(...words)).toEqual(expected);
  });

  test('bridges, and both', () => {
    const positionals = [{ name: 'name', describe: '', isRequired: false, choices: [] }];
    const status = { name: 'status', describe: '', positionals, options: [], examples: [], epilogue: null };
    const script = write('both.bash', completionBash([status]));
    const run = '. "$1"; COMP_WORDS=(kvmvlan status ""); COMP_CWORD=2; _kvmvlan; echo "${COMPREPLY[@]}"';
    const output = execFileSync('/bin/bash', ['--norc', '-c', run, 'bash', script], {
      env: { LC_ALL: 'C.UTF-8' },
      encoding: 'utf8',
    });
    expect(output).toBe("VM1 Windows\\ 10 it\\'s br0\n");
  });
});

const hasZsh = spawnSync('zsh', ['-c', 'true']).status === 0 && spawnSync('python3', ['-V']).status === 0;

(hasZsh ? describe : describe.skip)('zsh', () => {
  test.each<[string, string[]]>([
    ['kvmvlan ', COMMANDS],
    ['kvmvlan inspect ', ['VM1', 'Windows\\ 10', "it\\'s"]],
    ['kvmvlan inspect --', ['--xml', '--json', '--help', '--root']],
    ['kvmvlan simulate --driver ', ['qemu', 'lxc', 'libxl', 'network', 'daemon']],
    ['kvmvlan simulate VM1 re', ['reload', 'release', 'reconnect', 'restore']],
    ['vlan_filtering ', ['VM1', 'Windows\\ 10', "it\\'s"]],
  ])(
    '"%s"',
    (line, expected) => {
      const script = write('_kvmvlan', completionZsh(WORDS));
      const output = execFileSync('python3', [join(__dirname, 'zsh_complete.py'), script, line], {
        encoding: 'utf8',
      });
      expect(output.trimEnd().split('\n').sort()).toEqual([...expected].sort());
    },
    30_000,
  );
});
