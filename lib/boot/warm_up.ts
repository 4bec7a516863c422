import { parseCommand } from '../cli/parse_command';
import type { HostIo } from '../model/io';
import { vlanFiltering } from '../plugins/vlan_filtering';
import { createLog } from '../system/log/create_log';
import { withLaterBuiltins } from './later_builtins';
import { warmUpIo } from './warm_up_io';

/**
 * Runs the work of a hook and of `kvmvlan status` on a host in memory. V8 compiles a function at its first call, and a
 * snapshot keeps what is compiled. It reads no conf and no state of the real host, and
 * starts nothing.
 *
 * @returns what `status` prints
 */
export function warmUp(): Promise<string> {
  return withLaterBuiltins(async () => {
    const log = createLog(() => undefined);
    const io = warmUpIo(log);
    await runHook(io);
    await log.close();
    return runStatus(io);
  });
}

async function runHook(io: HostIo): Promise<void> {
  const hook = {
    driver: 'qemu',
    object: 'guest',
    operation: 'start',
    suboperation: 'begin',
    extra: '-',
  };
  const conf = '/conf/vlan_filtering.conf';
  await vlanFiltering({ object: hook.object, hook, conf, all: false, dryRun: false }, io);
}

async function runStatus(io: HostIo): Promise<string> {
  const parsed = await parseCommand(['status'], { root: '/', version: '' });
  let text = '';
  await parsed?.command.run(parsed.args, {
    root: '/',
    version: '',
    io,
    stdout: (part) => {
      text += part;
    },
    stderr: () => undefined,
    columns: 80,
    color: false,
    env: {},
  });
  return text;
}
