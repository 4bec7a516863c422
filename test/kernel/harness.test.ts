import { connectKernel } from './connect_kernel';
import { describeKernel } from './describe_kernel';
import { quote } from './quote';
import { repositoryRoot } from './repository_root';
import { succeed } from './succeed';

describeKernel(
  'the kernel harness',
  (kernel) => {
    test('tells status, stdout and stderr apart', async () => {
      const result = await kernel.run('echo out; echo err >&2; exit 3');
      expect(result).toEqual({ status: 3, stdout: 'out\n', stderr: 'err\n' });
    });

    test('a signal is a status above 128', async () => {
      expect(await kernel.run('kill -TERM $$')).toMatchObject({ status: 143 });
    });

    test('is root in a network of its own', async () => {
      const links = await succeed(kernel, 'test "$(id -u)" = 0; ip -j link');
      const names = (JSON.parse(links) as { ifname: string }[]).map(({ ifname }) => ifname);
      expect(names).toEqual(['lo']);
    });

    test('hands stdin over unchanged, and empty when there is none', async () => {
      const stdin = `${String.fromCharCode(...Array(128).keys())}\r\n\u00e4\u4e16\u{1f600}no newline at the end`;
      expect(await succeed(kernel, 'cat', { stdin })).toBe(stdin);
      expect(await succeed(kernel, 'cat')).toBe('');
    });

    test('carries megabytes both ways', async () => {
      const stdin = 'sixteen letters\n'.repeat(2 ** 18);
      const stdout = await succeed(kernel, 'cat', { stdin });
      expect(stdout.length).toBe(stdin.length);
      expect(stdout === stdin).toBe(true);
    });

    test('a syntax error is a result like any other', async () => {
      const { status, stderr } = await kernel.run('if');
      expect(status).toBe(2);
      expect(stderr).toMatch(/Syntax error/i);
    });

    test('kills what takes too long, also what left its process group', async () => {
      const script = 'echo begun; sleep 1000 & setsid sleep 1001 & sleep 1002';
      await expect(kernel.run(script, { timeoutMs: 1000 })).rejects.toThrow(/Killed after 1000 ms[^]*begun/);
      expect(await kernel.run('grep -l sleep /proc/[0-9]*/comm')).toMatchObject({ status: 1 });
    });

    test('a shell has a terminal, and may take its time', async () => {
      let shown = '';
      const shell = kernel.shell({
        script: 'stty size; tty; read -r line; echo "got $line"; stty size; exit 5',
        term: 'dumb',
        rows: 40,
        columns: 132,
        onOutput: (text) => (shown += text),
      });
      shell.resize({ rows: 50, columns: 100 });
      shell.type('a w\u00f6rd\r');
      expect(await shell.ended).toBe(5);
      expect(shown).toContain('/dev/pts/');
      expect(shown).toMatch(/got a w\u00f6rd\r\n50 100\r\n$/);
    });

    test('Ctrl-C in a shell ends what it runs', async () => {
      let shown = '';
      const shell = kernel.shell({
        script: 'trap "exit 6" INT; echo ready; while :; do sleep 1; done',
        term: 'dumb',
        rows: 24,
        columns: 80,
        onOutput: (text) => {
          shown += text;
          if (shown.includes('ready')) shell.type('\x03');
        },
      });
      expect(await shell.ended).toBe(6);
    });

    test('a shell passes on all that is shown', async () => {
      let shown = '';
      const shell = kernel.shell({
        script: 'seq 5000',
        term: 'dumb',
        rows: 24,
        columns: 80,
        onOutput: (text) => (shown += text),
      });
      expect(await shell.ended).toBe(0);
      expect(shown.split('\r\n')).toEqual([...Array.from({ length: 5000 }, (_, n) => `${n + 1}`), '']);
    });

    test('files and background processes outlive a script, but not reset()', async () => {
      await succeed(kernel, 'echo kept > /run/file; sleep 1000 & echo $! > pid; ip link add br0 type bridge');
      expect(await succeed(kernel, 'cat /run/file; kill -0 "$(cat pid)"; ip -br link show br0')).toMatch(
        /kept/,
      );
      await kernel.reset();
      expect(
        await kernel.run('cat /run/file || ip link show br0 || grep -l sleep /proc/[0-9]*/comm'),
      ).toMatchObject({
        status: 1,
      });
    });

    test('orphans are reaped', async () => {
      await succeed(
        kernel,
        '(sleep 0.1 & echo $! > pid) & wait; sleep 0.5; ! kill -0 "$(cat pid)" 2>/dev/null',
      );
    });

    test('nothing outside can be changed', async () => {
      const { status, stderr } = await kernel.run(`touch ${quote(repositoryRoot())}/touched`);
      expect(status).toBe(1);
      expect(stderr).toMatch(/Read-only file system/);
    });

    test('the checkout and this node are there', async () => {
      const stdout = await succeed(
        kernel,
        `cat ${quote(repositoryRoot())}/package.json; node --version >&2; node --version`,
      );
      expect(stdout).toContain('"name": "kvmvlan"');
      expect(stdout).toContain(process.version);
    });

    test('two users of the kernel do not meet', async () => {
      const other = await connectKernel();
      try {
        await succeed(other, 'ip link add br7 type bridge; echo other > /run/other');
        expect(await kernel.run('ip link show br7 || cat /run/other')).toMatchObject({ status: 1 });
      } finally {
        await other.stop();
      }
    });
  },
  { vlanFiltering: false },
);
