import { chmodSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Hooks, sh } from './hooks';

interface Fault {
  readonly what: string;
  readonly script: string;
  /** What dispatch.log says of it; null: nothing. */
  readonly reason: string | RegExp | null;
  readonly outcome: 'ok' | 'failed';
  readonly input?: string;
}

const LEFT_BEHIND =
  'it left a process behind that kept its output open and was therefore terminated; ' +
  'redirect the output of background processes to /dev/null or to a file';
const DROPPED = /contains only the first 8388608 bytes$/;

const FAULTS: readonly Fault[] = [
  { what: 'hangs', script: sh('sleep 1000'), outcome: 'failed', reason: 'timed out after 1 s' },
  {
    what: 'ignores SIGTERM, as its children do',
    script: sh('trap "" TERM; while :; do sleep 10; done'),
    outcome: 'failed',
    reason: 'timed out after 1 s',
  },
  {
    what: 'hangs in a process group of its own',
    script: sh('setsid sleep 1000'),
    outcome: 'failed',
    reason: `timed out after 1 s; ${LEFT_BEHIND}`,
  },
  {
    what: 'forks a daemon that holds stdout and stderr',
    script: sh('sleep 1000 &'),
    outcome: 'ok',
    reason: LEFT_BEHIND,
  },
  {
    what: 'forks such a daemon in a session of its own',
    script: sh('setsid sleep 1000 &'),
    outcome: 'ok',
    reason: LEFT_BEHIND,
  },
  {
    what: 'forks such a daemon that ignores SIGTERM',
    script: sh(`setsid sh -c 'trap "" TERM; while :; do sleep 10; done' &`),
    outcome: 'ok',
    reason: LEFT_BEHIND,
  },
  {
    what: 'forks a daemon that holds stderr only',
    script: sh('setsid sleep 1000 >/dev/null &'),
    outcome: 'ok',
    reason: LEFT_BEHIND,
  },
  { what: 'writes 1 GB', script: sh('head -c 1073741824 /dev/zero'), outcome: 'ok', reason: DROPPED },
  {
    what: 'writes 1 GB to stderr in lines, and fails',
    script: sh('yes | head -c 1073741824 >&2; exit 5'),
    outcome: 'failed',
    reason: /^exit 5: y; .* contains only the first 8388608 bytes$/,
  },
  {
    what: 'writes without end',
    script: sh('yes'),
    outcome: 'failed',
    reason: /^timed out after 1 s: y; .* contains only the first 8388608 bytes$/,
  },
  {
    what: 'never reads 1 MB of XML',
    script: sh('exit 0'),
    outcome: 'ok',
    reason: null,
    input: `<domain><name>VM1</name>${'<!-- -->'.repeat(131072)}</domain>`,
  },
  { what: 'closes its input', script: sh('exec <&-; exit 0'), outcome: 'ok', reason: null },
  {
    what: 'closes its output early',
    script: sh('exec >&- 2>&-; sleep 0.3; exit 3'),
    outcome: 'failed',
    reason: 'exit 3',
  },
  { what: 'is killed by a signal', script: sh('kill -9 $$'), outcome: 'failed', reason: 'killed by SIGKILL' },
  {
    what: 'crashes',
    script: sh('echo so far; kill -SEGV $$'),
    outcome: 'failed',
    reason: 'killed by SIGSEGV: so far',
  },
  {
    what: 'has an interpreter that does not exist',
    script: '#!/no/such/interpreter\n',
    outcome: 'failed',
    reason: 'its interpreter does not exist: check its first line (#!)',
  },
  {
    what: 'has line ends of Windows',
    script: '#!/bin/sh\r\nexit 0\r\n',
    outcome: 'failed',
    reason: 'its interpreter does not exist: check its first line (#!)',
  },
  {
    what: 'fails with all that an exit can be',
    script: sh('exit 255'),
    outcome: 'failed',
    reason: 'exit 255',
  },
  {
    what: 'kills its process group',
    script: sh('kill -9 0'),
    outcome: 'failed',
    reason: 'killed by SIGKILL',
  },
  {
    what: 'says what is wrong without a line end, in letters of any kind',
    script: sh(`printf 'first\\n\\033[31merror: no d\\303\\274bel\\r' >&2; exit 1`),
    outcome: 'failed',
    reason: 'exit 1: \\x1b[31merror: no dübel',
  },
];

/** libvirt aborts; it only logs; it would kill a running guest. */
const PHASES = [
  { phase: 'prepare', sub: 'begin', failed: 1, nextRuns: false },
  { phase: 'stopped', sub: 'end', failed: 1, nextRuns: true },
  { phase: 'reconnect', sub: 'begin', failed: 0, nextRuns: true },
];

describe.each(FAULTS)('a script that $what', ({ script, reason, outcome, input }) => {
  test.concurrent.each(PHASES)('in $phase', async ({ phase, sub, failed, nextRuns }) => {
    const hooks = new Hooks({
      'conf/dispatch.conf': '[10-faulty]\ntimeout = 1\n[50-next]\ntimeout = 20\n',
      [`qemu_${phase}_${sub}.d/10-faulty`]: script,
      [`qemu_${phase}_${sub}.d/50-next`]: sh('grep -c . >/dev/null; echo ran'),
    });
    // A gigabyte takes its time where there is little to compute with.
    if (DROPPED.source === (reason as RegExp | null)?.source || String(reason).includes('exit 5'))
      hooks.write('conf/dispatch.conf', '[DEFAULT]\ntimeout = 50\n');
    const run = await hooks.call('qemu', ['VM1', phase, sub, '-'], input === undefined ? {} : { input });
    expect(run).toMatchObject({
      status: outcome === 'ok' ? 0 : failed,
      signal: null,
      stdout: Buffer.alloc(0),
      hung: false,
      left: [],
    });
    expect(run.lines[0]).toMatchObject({
      script: '10-faulty',
      outcome,
    });
    if (reason instanceof RegExp) expect(run.lines[0]?.reason).toMatch(reason);
    else expect(run.lines[0]?.reason).toBe(reason);
    const next = outcome === 'failed' && !nextRuns ? 'skipped' : 'ok';
    expect(run.lines.slice(1)).toMatchObject([{ script: '50-next', outcome: next }]);
    expect(run.peakKb).toBeLessThan(150 * 1024);
    const text = outcome === 'ok' ? '' : `kvmvlan: ${hooks.root}/qemu_${phase}_${sub}.d/10-faulty: `;
    expect(run.stderr.slice(0, text.length)).toBe(text);
    expect(run.stderr.split('\n')).toHaveLength(outcome === 'ok' ? 1 : 2);
    const log = join(hooks.root, `logs/qemu_${phase}_${sub}_VM1_10-faulty.log`);
    expect(statSync(log).size).toBeLessThan(8 * 1024 * 1024 + 1000);
  });
});

describe('scripts and their folder', () => {
  test.concurrent('one without a first line #! is run by sh, as shells do', async () => {
    const hooks = new Hooks({ 'qemu_stopped_end.d/plain': 'echo "ran $1"\n' });
    chmodSync(join(hooks.root, 'qemu_stopped_end.d/plain'), 0o755);
    const run = await hooks.call('qemu', ['VM1', 'stopped', 'end', '-']);
    expect(run).toMatchObject({ status: 0, lines: [{ outcome: 'ok' }] });
    expect(hooks.read('logs/qemu_stopped_end_VM1_plain.log')).toContain('\nran VM1\n');
  });

  test.concurrent('one that is no program at all fails', async () => {
    const hooks = new Hooks({
      'qemu_stopped_end.d/10-elf': Buffer.from([0x7f, 0x45, 0x4c, 0x46, 1, 2, 3, 0, 0, 1]),
    });
    hooks.write('qemu_stopped_end.d/20-next', sh('exit 0'));
    chmodSync(join(hooks.root, 'qemu_stopped_end.d/10-elf'), 0o755);
    const run = await hooks.call('qemu', ['VM1', 'stopped', 'end', '-']);
    expect(run).toMatchObject({ status: 1, lines: [{ outcome: 'failed' }, { outcome: 'ok' }] });
  });

  test.concurrent.each(PHASES)(
    'one vanishes between listing and running, in $phase',
    async ({ phase, sub, failed }) => {
      const folder = `qemu_${phase}_${sub}.d`;
      const hooks = new Hooks({
        [`${folder}/10-remove`]: sh('rm "$LIBVIRT_HOOK_ROOT"/*.d/20-gone'),
        [`${folder}/20-gone`]: sh('exit 0'),
      });
      const run = await hooks.call('qemu', ['VM1', phase, sub, '-']);
      expect(run).toMatchObject({
        status: failed,
        left: [],
        lines: [{ outcome: 'ok' }, { outcome: 'failed', reason: 'it was removed before it could be run' }],
      });
    },
  );

  test.concurrent('a plugin vanishes as well', async () => {
    const hooks = new Hooks({
      'qemu_start_begin.d/10-remove': sh('rm "$LIBVIRT_HOOK_ROOT"/*.d/vlan_filtering'),
    });
    hooks.installPlugin('vlan_filtering', 'qemu_start_begin.d');
    const run = await hooks.call('qemu', ['VM1', 'start', 'begin', '-']);
    expect(run).toMatchObject({
      status: 1,
      lines: [{ outcome: 'ok' }, { outcome: 'failed', reason: 'it was removed before it could be run' }],
    });
  });

  test.concurrent(
    'the whole folder goes, and comes back with other scripts: only what was listed is run',
    async () => {
      const hooks = new Hooks({
        'qemu_stopped_end.d/10-change': sh(
          'cd "$LIBVIRT_HOOK_ROOT"; mv qemu_stopped_end.d old; mkdir qemu_stopped_end.d; cp old/10-change qemu_stopped_end.d/15-new',
        ),
        'qemu_stopped_end.d/20-next': sh('exit 0'),
      });
      const run = await hooks.call('qemu', ['VM1', 'stopped', 'end', '-']);
      expect(run.lines).toMatchObject([
        { script: '10-change', outcome: 'ok' },
        { script: '20-next', reason: 'it was removed before it could be run' },
      ]);
    },
  );

  test.concurrent('a process that has put its output elsewhere is left alone', async () => {
    const hooks = new Hooks({
      'qemu_started_begin.d/defer': sh('(sleep 1; echo later >"$LIBVIRT_HOOK_ROOT/late") >/dev/null 2>&1 &'),
    });
    const run = await hooks.call('qemu', ['VM1', 'started', 'begin', '-']);
    expect(run).toMatchObject({ status: 0, lines: [{ outcome: 'ok', reason: null }] });
    expect(run.ms).toBeLessThan(run.left.length === 0 ? Infinity : 1900);
    for (let i = 0; i < 100 && !hooks.exists('late'); i++) await new Promise((done) => setTimeout(done, 50));
    expect(hooks.read('late')).toBe('later\n');
    rmSync(join(hooks.root, 'late'));
  });

  test.concurrent('of two that are left behind only the one that holds the output is ended', async () => {
    const hooks = new Hooks({
      'qemu_started_begin.d/two': sh('sleep 1001 & sleep 1002 >/dev/null 2>&1 &'),
    });
    const run = await hooks.call('qemu', ['VM1', 'started', 'begin', '-']);
    hooks.clean();
    expect(run).toMatchObject({ status: 0, lines: [{ outcome: 'ok', reason: LEFT_BEHIND }] });
    expect(run.left).toEqual([expect.stringContaining('sleep 1002')]);
  });

  test.concurrent('output without a line end at its end does not run into what follows', async () => {
    const hooks = new Hooks({ 'qemu_stopped_end.d/open': sh('printf "no end"') });
    await hooks.call('qemu', ['VM1', 'stopped', 'end', '-']);
    expect(hooks.read('logs/qemu_stopped_end_VM1_open.log')).toMatch(/\nno end\n.* open: ok, in \d+ ms\n$/);
  });

  test.concurrent(
    'what is written to /dev/stdout and /dev/stderr, and read from /dev/stdin, gets through',
    async () => {
      const hooks = new Hooks({
        'qemu_stopped_end.d/dev': sh(
          'cat /dev/stdin >/dev/stdout; echo again >>/dev/stderr; cat /proc/self/fd/0',
        ),
      });
      const run = await hooks.call('qemu', ['VM1', 'stopped', 'end', '-'], { input: '<domain/>' });
      expect(run.status).toBe(0);
      expect(hooks.read('logs/qemu_stopped_end_VM1_dev.log')).toMatch(/\n<domain\/>again\n<domain\/>\n/);
    },
  );

  test.concurrent('an empty folder, and one with what is no script, hold nothing to run', async () => {
    const hooks = new Hooks({ 'qemu_started_begin.d/.gitkeep': '' });
    expect(await hooks.call('qemu', ['VM1', 'started', 'begin', '-'])).toMatchObject({
      status: 0,
      lines: [],
    });
    writeFileSync(join(hooks.root, 'qemu_stopped_end.d'), 'a file');
    expect(await hooks.call('qemu', ['VM1', 'stopped', 'end', '-'])).toMatchObject({ status: 0, lines: [] });
  });
});
