import { KnownError } from '../../model/known_error';
import type { Command } from '../command';
import { repairHost } from './repair_host';

/** `kvmvlan repair`, which kvmvlan-repair.service runs. */
export const repair: Command = {
  command: 'repair',
  describe: 'undo what other programs changed on bridges, trunks and the ports of running guests',
  examples: [['sudo kvmvlan repair', 'after a bridge was changed by hand']],
  options: (yargs) =>
    yargs
      .option('because', { type: 'string', hidden: true, describe: 'who changed something; for the service' })
      .epilogue(
        'It does what bridge_init and vlan_filtering --all do when libvirt starts, as far as dispatch.conf and the ' +
          'phase folder daemon_start.d allow it. It uses the conf that took effect last: it does not apply an edit. ' +
          'A port of a running guest that is in no bridge is added to its bridge again. ' +
          'kvmvlan-repair.timer runs it if something has changed.\n' +
          'Exit status: 0 repaired, or nothing to repair, 1 something cannot be repaired, 2 wrong usage or conf.',
      ),
  run: ({ because }, context) => {
    if (!context.io.isRoot)
      throw new KnownError('only root may change the VLANs of a bridge', 'Run `sudo kvmvlan repair`.');
    return repairHost(typeof because === 'string' ? because : null, context);
  },
};
