import { KnownError } from '../../model/known_error';
import type { Command } from '../command';
import { repairHost } from './repair_host';

/** `kvmvlan repair`: what kvmvlan-repair.service runs. */
export const repair: Command = {
  command: 'repair',
  describe: 'undo what other programs changed on bridges, trunks and the ports of running guests',
  examples: [['sudo kvmvlan repair', 'after somebody has changed a bridge by hand']],
  options: (yargs) =>
    yargs
      .option('because', { type: 'string', hidden: true, describe: 'who changed something; for the service' })
      .epilogue(
        'It does what bridge_init and vlan_filtering --all do at the start of libvirt, as far as dispatch.conf and the ' +
          'phase folder daemon_start.d allow it, with the conf that took effect last: an edit is not carried out. ' +
          'A port of a running guest that is in no bridge goes back into its own. ' +
          'kvmvlan-repair.timer runs it where something has changed.\n' +
          'Exit status: 0 repaired, or right already, 1 something cannot be repaired, 2 wrong usage or conf.',
      ),
  run: ({ because }, context) => {
    if (!context.io.isRoot)
      throw new KnownError('only root may change the VLANs of a bridge', 'Run `sudo kvmvlan repair`.');
    return repairHost(typeof because === 'string' ? because : null, context);
  },
};
