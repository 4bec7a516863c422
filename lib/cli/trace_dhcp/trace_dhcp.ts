import { Exit, KnownError } from '../../model/known_error';
import type { Command } from '../command';
import { traceGuest } from './trace_guest';

const MAX_SECONDS = 3600;

/** `kvmvlan trace-dhcp`: where the DHCP of a guest ends. */
export const traceDhcp: Command = {
  command: 'trace-dhcp <guest>',
  describe: 'watch the DHCP of a running guest, and say where it ends and why',
  examples: [
    [
      'sudo kvmvlan trace-dhcp VM1',
      'watch all interfaces of VM1 for 30 seconds, or until it has its address',
    ],
    ['sudo kvmvlan trace-dhcp VM1 --interface 1', 'one interface: its number, port or MAC address'],
    ['sudo kvmvlan trace-dhcp VM1 --json | jq -r ".ports[].code"', 'only where it ends'],
  ],
  options: (yargs) =>
    yargs
      .positional('guest', { type: 'string', demandOption: true, describe: "the guest's name" })
      .option('seconds', { type: 'number', default: 30, describe: 'how long to watch' })
      .option('interface', {
        type: 'string',
        describe: 'watch one interface of the guest: its number, port or MAC address',
      })
      .option('json', { type: 'boolean', default: false, describe: 'print it as JSON' })
      .epilogue('Exit status: 0 each watched interface got an answer, 1 not, 2 wrong usage.'),
  run: async (args, context) => {
    const seconds = Number(args.seconds);
    if (!(seconds > 0 && seconds <= MAX_SECONDS))
      throw new KnownError(
        `--seconds expects a number of seconds, more than 0 and at most ${MAX_SECONDS}`,
        'For example, use `--seconds 60`.',
        Exit.usage,
      );
    const iface = typeof args.interface === 'string' ? args.interface : undefined;
    return traceGuest({ guest: String(args.guest), iface, seconds, json: args.json === true }, context);
  },
};
