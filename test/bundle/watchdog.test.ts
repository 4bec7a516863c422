import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { watchingEvery } from './hooks';
import { runAsLibvirt } from './libvirt';

// The watchdog of the sh header by itself, without node. hangs.test.ts has hooks that hang under it.

const folder = mkdtempSync(join(tmpdir(), 'kvmvlan-watchdog-'));
afterAll(() => rmSync(folder, { recursive: true }));

const WATCHDOG = readFileSync(join(__dirname, '../../build/headers/watchdog.sh'), 'utf8');
/** Here 60 s are 2.4. */
writeFileSync(join(folder, 'watchdog.sh'), watchingEvery(0.2, WATCHDOG));

/** What dispatcher.sh has for the watchdog. */
const HEADER = `
cd '${folder}' || exit
end=1 stays=no reported= why='sh could not continue'
trouble() { echo "trouble: $1" >&2; reported=yes; }
report() { [ "$reported" = yes ] || trouble "$why"; }
. ./watchdog.sh
`;
/** Waits until the watchdog has its traps: a signal before that ends it. */
const START = `
watch &
watchdog=$!
echo "$watchdog"
until grep -qs '^SigCgt:.*4a0.$' "/proc/$watchdog/status"; do sleep 0.02; done
`;
/** A hook that answers so many times, and then does what follows. */
const answering = (times: number, then: string): string => `
answers=0
trap 'answers=$((answers + 1)); [ $answers -gt ${times} ] || kill -USR2 "$watchdog"' URG
kill -USR1 "$watchdog"
kill -USR2 "$watchdog"
until [ $answers -gt ${times} ]; do sleep 0.05; done
${then}
`;

interface Ended {
  readonly status: number | null;
  readonly signal: number | null;
  readonly stderr: string;
  /** The watchdog has ended too. */
  readonly isAlone: boolean;
}

/** Runs a hook of sh under the watchdog, with commands before the watchdog starts. */
async function hook(body: string, before = ''): Promise<Ended> {
  const { status, signal, stdout, stderr } = await runAsLibvirt({
    argv: ['/bin/sh', '-c', [HEADER, before, START, body].join('\n')],
    env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
    input: Buffer.alloc(0),
    deadline: 30,
    unread: [],
  });
  const watchdog = `/proc/${stdout.toString().trim()}`;
  for (let i = 0; i < 100 && existsSync(watchdog); i++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  return { status, signal, stderr, isAlone: !existsSync(watchdog) };
}

const killed = (why: string): Ended => ({
  status: null,
  signal: 9,
  stderr: `trouble: ${why}\n`,
  isAlone: true,
});
const DID_NOT_START =
  'node did not start within 60 s; raise its limits of memory and processes (ulimit -a), then try again';
const HUNG =
  'the hook hung for 60 s and was killed; look for a command that hangs in the kernel: ps -eo pid,stat,wchan:30,args';

test.concurrent('a hook that does not start to run is killed', async () => {
  expect(await hook('exec sleep 60')).toEqual(killed(DID_NOT_START));
});

test.concurrent.each([
  ['from the beginning', 'kill -USR2 "$watchdog"; exec sleep 60'],
  ['after three answers', answering(3, 'exec sleep 60')],
])('a hook that does not answer is killed: %s', async (_when, body) => {
  expect(await hook(body)).toEqual(killed(HUNG));
});

test.concurrent('if sh stays, it gets USR2', async () => {
  const run = await hook('while :; do sleep 0.05; done', `stays=yes; trap 'exit 3' USR2`);
  expect(run).toEqual({ ...killed(DID_NOT_START), status: 3, signal: null });
});

test.concurrent.each([
  ['runs, and is not watched yet', 'kill -USR1 "$watchdog"; sleep 4; kill "$watchdog"'],
  ['answers more than twelve times', answering(15, 'kill "$watchdog"')],
  ['sends TERM before it ends', 'kill "$watchdog"; sleep 4'],
  ['ends', 'kill -USR2 "$watchdog"'],
])('a hook that %s is not killed', async (_what, body) => {
  expect(await hook(body)).toEqual({ status: 0, signal: null, stderr: '', isAlone: true });
});

test.concurrent('if the watchdog cannot continue, the hook is killed', async () => {
  // sh ends at an assignment to a constant, as it does if it cannot fork.
  expect(await hook('exec sleep 60', 'readonly slept=0')).toEqual(killed('sh could not continue'));
});
