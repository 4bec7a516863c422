import { Exit, KnownError } from '../../model/known_error';
import type { Command } from '../command';

export const bridge: Command = {
  command: 'bridge <action> <bridge>',
  describe: 'put a NIC of this host under a new bridge, or take it back',
  examples: [
    ['kvmvlan bridge create br0 --port eth0 --dry-run', 'show what would change'],
    ['kvmvlan bridge create br0 --port eth0', 'try it for 2 minutes'],
    ['kvmvlan confirm', 'from a new login: keep it'],
    ['kvmvlan bridge remove br0', 'later: the NIC gets all back'],
  ],
  isProcedure: true,
  options: (yargs) =>
    yargs
      .positional('action', { type: 'string', describe: 'create or remove' })
      .positional('bridge', { type: 'string', describe: 'the name of the bridge' })
      .option('port', { type: 'string', describe: 'create: the NIC or bond that becomes its port' })
      .option('dry-run', {
        type: 'boolean',
        default: false,
        describe: 'show what would change, and change nothing',
      })
      .option('yes', { alias: 'y', type: 'boolean', default: false, describe: 'do not ask' })
      .option('confirm', {
        type: 'string',
        default: '120',
        describe: 'roll back after this many seconds unless confirmed',
      })
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'print the result as JSON, see docs/json.md',
      })
      .option('provider-allows-macs', {
        type: 'boolean',
        default: false,
        describe: 'create: the provider of this machine accepts other MAC addresses',
      })
      .option('id', { type: 'string', hidden: true, describe: 'the change to make; for the service' })
      .epilogue(
        'Everything moves from the NIC to the bridge: addresses, DHCP leases, routes, policy rules, DNS, MTU, MAC address ' +
          'and VLAN interfaces. The change is tried first. Its files are in /run, so a reboot takes it back. If it does not ' +
          'work, or is not confirmed in time, it is rolled back. `kvmvlan undo` rolls it back at once.\n' +
          'Exit status: 0 it works and waits to be confirmed, or --dry-run; 1 it was rolled back; 2 refused, wrong usage or conf.',
      ),
  run: async (args, context) => {
    const { action } = args;
    const name = String(args.bridge);
    // What the service runs.
    if (action === 'run') return (await import('./run_move')).runPendingMove(String(args.id), context);
    if (args.json === true && args.yes !== true && args.dryRun !== true)
      throw new KnownError('--json cannot ask', 'Use `--json --yes` or `--json --dry-run`.', Exit.usage);
    if (action !== 'create' && action !== 'remove')
      throw new KnownError(
        `\`kvmvlan bridge\` has no action ${String(action)}`,
        'Use `kvmvlan bridge create` or `kvmvlan bridge remove`.',
        Exit.usage,
      );
    if (action === 'remove') return (await import('./remove')).removeBridge(name, args, context);
    if (typeof args.port !== 'string' || args.port === '')
      throw new KnownError(
        '`bridge create` needs the interface that becomes the port',
        'For example, use `--port eth0`; `ip -br link` shows all interfaces.',
        Exit.usage,
      );
    return (await import('./create')).createBridge(name, args.port, args, context);
  },
};
