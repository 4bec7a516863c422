import { Hooks, sh } from './hooks';

const HINT =
  'libvirt calls it as `qemu OBJECT OPERATION SUB-OPERATION EXTRA`; try `qemu VM1 start begin -`.\n';

describe('what libvirt never says', () => {
  test.concurrent.each([
    [[], 'expected 4 arguments, got 0: none. '],
    [['--help'], 'expected 4 arguments, got 1: "--help". '],
    [['VM1', 'start', 'begin'], 'expected 4 arguments, got 3: "VM1" "start" "begin". '],
    [['VM1', 'started', 'begin'], 'expected 4 arguments, got 3: "VM1" "started" "begin". '],
    [['VM 1', 'start', 'begin', '-', ''], 'expected 4 arguments, got 5: "VM 1" "start" "begin" "-" "". '],
    [['VM1', 'start', 'be gin', '-'], '"be gin" is not an operation. '],
  ])('%j is refused, and told what was expected', async (args, text) => {
    const hooks = new Hooks({ 'qemu_start_begin.d/never': sh('touch "$LIBVIRT_HOOK_ROOT/ran"') });
    // So that the header does not take it for an idle phase.
    hooks.write('qemu_start_be gin.d/x', sh('exit 0'));
    const run = await hooks.call('qemu', args);
    expect(run.stderr).toContain(`kvmvlan: ${text}${HINT}`);
    // A sub-operation of a libvirt to come must not be fatal, and sh cannot tell it from nonsense.
    expect(run.status).toBe(args[2] === 'be gin' ? 0 : 2);
    expect(run.stdout).toHaveLength(0);
    expect(hooks.exists('ran')).toBe(false);
  });

  test.concurrent.each([[['VM1', 'reconnect']], [['VM1', 'reconnect', 'begin', '-', 'more']]])(
    'yet %j is 0: no running guest dies of it',
    async (args) => {
      const hooks = new Hooks({ 'qemu_reconnect_begin.d/never': sh('touch "$LIBVIRT_HOOK_ROOT/ran"') });
      const run = await hooks.call('qemu', args);
      expect(run).toMatchObject({ status: 0, stdout: Buffer.alloc(0) });
      expect(run.stderr).toContain(`expected 4 arguments, got ${args.length}: `);
      expect(run.lines).toMatchObject([{ outcome: 'trouble' }]);
      expect(hooks.exists('ran')).toBe(false);
    },
  );
});
