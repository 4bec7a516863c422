import type { Command } from '../command';
import { pathOption } from '../path_option';
import { runSimulation } from './simulate_run';

/** `kvmvlan simulate`: runs a phase as libvirt would, but without libvirt and without changes. */
export const simulate: Command = {
  command: 'simulate <guest> <operation> [sub]',
  describe: 'simulate a phase without changes: scripts, their environment, commands, exit status',
  examples: [
    ['kvmvlan simulate VM1 start begin', 'what would happen if VM1 started now'],
    ['kvmvlan simulate VM1 start begin --xml VM1.xml', 'the same with a saved XML file'],
    ['kvmvlan simulate VM1 release end --extra crashed', 'with the reason that libvirt gives'],
    ['kvmvlan simulate - start --driver daemon', "when libvirt's daemon starts"],
    ['kvmvlan simulate lan started --driver network', 'when the network lan has started'],
  ],
  options: (yargs) =>
    yargs
      .positional('guest', {
        type: 'string',
        demandOption: true,
        describe: 'the name of the guest (or network)',
      })
      .positional('operation', {
        type: 'string',
        demandOption: true,
        describe: 'prepare, start, started, stopped, release, reconnect, migrate, restore …',
      })
      .positional('sub', { type: 'string', describe: 'the sub-operation: begin or end' })
      .option('xml', pathOption('read this XML file instead of the XML of a guest here'))
      .option('driver', {
        type: 'string',
        default: 'qemu',
        choices: ['qemu', 'lxc', 'libxl', 'network', 'daemon'],
        describe: 'the driver that calls the hook',
      })
      .option('extra', { type: 'string', describe: "libvirt's last argument" })
      .option('json', { type: 'boolean', default: false, describe: 'print it as JSON' })
      .epilogue(
        'Exit status: that of the hook. Scripts that are not part of kvmvlan are not run and are assumed to succeed.',
      ),
  run: async (args, context) => {
    const text = (name: string): string | undefined =>
      typeof args[name] === 'string' ? args[name] : undefined;
    const typed = {
      driver: text('driver') ?? 'qemu',
      object: text('guest') ?? '-',
      operation: text('operation') ?? '',
      suboperation: text('sub'),
      extra: text('extra'),
    };
    return runSimulation(typed, text('xml'), args.json === true, context);
  },
};
