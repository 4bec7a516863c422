import { readPending } from '../../apply/rollback/confs_in_effect';
import { readSwitches, type HostState } from '../../apply/state/read_switches';
import { readDispatchLogs } from '../../dispatch/dispatch_logs';
import { describeKnown, Exit, KnownError } from '../../model/known_error';
import { realCheckIo } from '../check/check_io';
import { unseenHooks } from '../check/items/hooks';
import { readDaemons } from '../check/read_daemons';
import { readHooks } from '../check/read_hooks';
import type { CliContext, Command } from '../command';
import { parseDispatchLog } from '../log/log_parse';
import { pathOption } from '../path_option';
import { exposition, type Gauge } from './exposition';
import { daemonGauge } from './daemon_gauge';
import { hookGauges } from './hook_gauges';
import { switchGauges } from './switch_gauges';

/** `kvmvlan metrics`: for the textfile collector of Prometheus' node exporter. */
export const metrics: Command = {
  command: 'metrics',
  describe: 'print metrics for Prometheus',
  examples: [
    ['sudo kvmvlan metrics', 'all metrics'],
    [
      'sudo kvmvlan metrics --output /var/lib/prometheus/node-exporter/kvmvlan.prom',
      'for the textfile collector of the node exporter',
    ],
  ],
  options: (yargs) =>
    yargs
      .option('output', pathOption('replace this file instead of printing'))
      .epilogue('Exit status: 0 done, 2 the bridges cannot be read; then kvmvlan_status is 2.'),
  run: async ({ output }, context) => {
    const { io, stdout, stderr } = context;
    if (!io.isRoot)
      throw new KnownError('only root may read guests and the log', 'Run `sudo kvmvlan metrics`.');
    if (output !== undefined && (typeof output !== 'string' || output === ''))
      throw new KnownError(
        '--output expects the path of one file',
        'Name one, or omit --output.',
        Exit.usage,
      );
    let read: { readonly state: HostState; readonly isPending: boolean } | null = null;
    try {
      read = { state: await readSwitches(context.root, io), isPending: readPending(io) !== null };
    } catch (error) {
      if (!(error instanceof KnownError)) throw error;
      stderr(`kvmvlan: ${describeKnown(error)}\n`);
    }
    const text = exposition([...infoGauges(context), ...switchGauges(read), ...hostGauges(context)]);
    if (typeof output === 'string') io.writeText(output, text, 0o644);
    else stdout(text);
    return read === null ? Exit.usage : Exit.done;
  },
};

function infoGauges({ version }: CliContext): Gauge[] {
  const samples = [{ labels: { version }, value: 1 }];
  return [{ name: 'kvmvlan_info', help: 'The version of kvmvlan', samples }];
}

/** The gauges about hooks and the daemons that call them. */
function hostGauges({ io, root }: CliContext): Gauge[] {
  const checkIo = realCheckIo(io);
  const { hooks, calls } = readHooks(checkIo, root);
  return [
    ...hookGauges(parseDispatchLog(readDispatchLogs(root, (path) => io.readText(path)))),
    daemonGauge(readDaemons(checkIo), (daemon) => unseenHooks(daemon, hooks, calls).length === 0),
  ];
}
