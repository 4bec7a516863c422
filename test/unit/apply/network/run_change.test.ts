import type { NetworkChange } from '../../../../lib/model/network/network_change';
import {
  editedSince,
  keepChange,
  restoreKept,
  startChange,
  undoChange,
} from '../../../../lib/apply/network/run_change';
import { FakeHost } from '../../fake_host/fake_host';

const CHANGE: NetworkChange = {
  backend: 'ifupdown',
  trial: [
    { path: '/run/kvmvlan/interfaces', text: 'new\n', mode: 0o644, over: '/etc/network/interfaces' },
    { path: '/run/kvmvlan/take_down', text: 'old\n', mode: 0o644, over: null },
  ],
  start: [
    { command: 'ifdown', args: ['eth0'] },
    { command: 'ifup', args: ['br0'] },
  ],
  undo: [
    { command: 'ifdown', args: ['br0'], mayFail: true },
    { command: 'ifup', args: ['eth0'] },
  ],
  kept: [{ path: '/etc/network/interfaces', was: 'old\n', text: 'new\n', mode: 0o644 }],
  settle: [{ command: 'true', args: [] }],
};

const MOUNTED = '20 1 0:1 /kvmvlan/interfaces /etc/network/interfaces rw - tmpfs tmpfs rw\n';

function host(commands: Record<string, string | undefined>, files: Record<string, string> = {}): FakeHost {
  return new FakeHost({ commands, files: { '/etc/network/interfaces': 'old\n', ...files } });
}

const ran = ({ calls }: FakeHost): string[] => calls.map((words) => words.join(' '));

test('the trial is written and hides the file before anything is run', async () => {
  const on = host({
    'mount --bind /run/kvmvlan/interfaces /etc/network/interfaces': '',
    'ifdown eth0': '',
    'ifup br0': '',
  });
  await startChange(CHANGE, on.io());
  expect(ran(on)).toEqual([
    'mount --bind /run/kvmvlan/interfaces /etc/network/interfaces',
    'ifdown eth0',
    'ifup br0',
  ]);
  expect(on.files['/etc/network/interfaces']).toBe('old\n');
  expect(on.files['/run/kvmvlan/interfaces']).toBe('new\n');
});

test('nothing is run after a command that failed', async () => {
  const on = host({ 'mount --bind /run/kvmvlan/interfaces /etc/network/interfaces': '', 'ifup br0': '' });
  await expect(startChange(CHANGE, on.io())).rejects.toThrow('`ifdown eth0` failed');
  expect(ran(on)).not.toContain('ifup br0');
});

test('undo shows the file again before it runs a command, and goes on after a failure', async () => {
  const on = host({ 'umount /etc/network/interfaces': '', 'ifup eth0': '' });
  const problems = await undoChange(CHANGE, on.io());
  expect(problems).toEqual([]);
  expect(ran(on)).toEqual(['ifdown br0', 'ifup eth0']);
  expect(on.files['/run/kvmvlan/interfaces']).toBeUndefined();
});

test('undo says which command failed, if it counts', async () => {
  const problems = await undoChange(CHANGE, host({}).io());
  expect(problems).toMatchObject([
    { code: 'command-failed', message: expect.stringContaining('ifup eth0') as string },
  ]);
});

test('what is mounted is unmounted, and an unmount that fails is reported', async () => {
  const on = host({ 'ifup eth0': '' }, { '/proc/self/mountinfo': MOUNTED });
  expect(await undoChange(CHANGE, on.io())).toMatchObject([{ code: 'rollback-incomplete' }]);
  expect(ran(on)).toContain('umount /etc/network/interfaces');
});

test('confirming writes the file and removes the trial', async () => {
  const on = host({ true: '' }, { '/run/kvmvlan/take_down': 'old\n' });
  expect(await keepChange(CHANGE, on.io())).toEqual([]);
  expect(on.files['/etc/network/interfaces']).toBe('new\n');
  expect(on.files['/run/kvmvlan/take_down']).toBeUndefined();
});

test('an edited file is not overwritten', async () => {
  const on = host({ true: '' }, { '/etc/network/interfaces': 'edited\n' });
  await expect(keepChange(CHANGE, on.io())).rejects.toThrow('/etc/network/interfaces was edited');
  expect(on.files['/etc/network/interfaces']).toBe('edited\n');
  expect(editedSince(CHANGE, on.io()).map(({ path }) => path)).toEqual(['/etc/network/interfaces']);
});

test('a confirmation that was interrupted is taken back, an edit is not', () => {
  const half = host({}, { '/etc/network/interfaces': 'new\n' });
  restoreKept(CHANGE, half.io());
  expect(half.files['/etc/network/interfaces']).toBe('old\n');
  const edited = host({}, { '/etc/network/interfaces': 'edited\n' });
  restoreKept(CHANGE, edited.io());
  expect(edited.files['/etc/network/interfaces']).toBe('edited\n');
});
