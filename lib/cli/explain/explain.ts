import type { Command } from '../command';
import { explainGuest } from './explain_guest';

/** `kvmvlan explain`: why a guest's ports have their VLANs, and its interfaces their addresses. */
export const explain: Command = {
  command: 'explain <guest>',
  describe: 'explain what happens to a guest in each phase, and which section sets its VLANs or addresses',
  examples: [
    ['kvmvlan explain VM1', 'scripts by phase, VLANs by interface, and the source of each'],
    ['kvmvlan explain VM1 --json | jq .interfaces', 'only its interfaces'],
  ],
  options: (yargs) =>
    yargs
      .positional('guest', { type: 'string', demandOption: true, describe: "the guest's name" })
      .option('json', { type: 'boolean', default: false, describe: 'print it as JSON' }),
  run: async ({ guest, json }, context) => {
    return explainGuest(String(guest), json === true, context);
  },
};
