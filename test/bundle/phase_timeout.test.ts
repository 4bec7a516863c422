import { Hooks, sh, type Run } from './hooks';

const CONF = '[DEFAULT]\ntimeout = 5\nphase-timeout = 5\n';
/** Three scripts that take this many seconds. A busy machine takes some more. */
const scripts = (folder: string, ...seconds: [number, number, number]): Record<string, string> =>
  Object.fromEntries(
    seconds.map((each, i) => [
      `${folder}/${i + 1}`,
      sh(`sleep ${each}; touch "$LIBVIRT_HOOK_ROOT/ran${i + 1}"`),
    ]),
  );
const outcomes = ({ lines }: Run) => lines.map(({ script, outcome, reason }) => [script, outcome, reason]);
const LIMIT = 'the time limit for all scripts of a call is 5 s (phase-timeout in dispatch.conf)';

describe('all scripts of a call together have a time, in which libvirt gets its guest back', () => {
  test.concurrent('reconnect: the guest goes on, whatever was not run', async () => {
    const hooks = new Hooks({ 'conf/dispatch.conf': CONF, ...scripts('qemu_reconnect_begin.d', 1, 30, 1) });
    const began = Date.now();
    const run = await hooks.call('qemu', ['VM1', 'reconnect', 'begin', '-']);
    expect(Date.now() - began).toBeLessThan(11_000);
    expect(run).toMatchObject({ status: 0 });
    const [, [, , cut] = []] = outcomes(run);
    // It got what the first one has left of the 5 s.
    expect(cut).toMatch(/^timed out after [1-4] s; /);
    expect(outcomes(run)).toEqual([
      ['1', 'ok', null],
      ['2', 'failed', expect.stringContaining(LIMIT)],
      ['3', 'failed', `not run: ${LIMIT}`],
    ]);
    expect([1, 2, 3].map((n) => hooks.exists(`ran${n}`))).toEqual([true, false, false]);
  });

  test.concurrent('start: the guest does not start without them', async () => {
    const hooks = new Hooks({ 'conf/dispatch.conf': CONF, ...scripts('qemu_start_begin.d', 1, 30, 1) });
    const run = await hooks.call('qemu', ['VM1', 'start', 'begin', '-']);
    expect(run).toMatchObject({ status: 1 });
    expect(run.stderr).toContain(LIMIT);
    expect(outcomes(run).map(([script, outcome]) => [script, outcome])).toEqual([
      ['1', 'ok'],
      ['2', 'failed'],
      ['3', 'skipped'],
    ]);
  });

  test.concurrent('a script that has more time by itself has it', async () => {
    const conf = `${CONF}[1]\ntimeout = 30\n`;
    const hooks = new Hooks({
      'conf/dispatch.conf': conf,
      ...scripts('qemu_started_begin.d', 1.8, 1.8, 1.8),
    });
    const run = await hooks.call('qemu', ['VM1', 'started', 'begin', '-']);
    expect(outcomes(run).map(([, outcome]) => outcome)).toEqual(['ok', 'ok', 'ok']);
  });
});
