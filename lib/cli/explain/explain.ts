import type { Command } from '../command';

/** `kvmvlan explain`: why a guest's ports are as they are. */
export const explain: Command = {
  command: 'explain <guest>',
  describe: 'tell what would happen to a guest in each phase, and which section gives it its VLANs',
  examples: [
    ['kvmvlan explain VM1', 'scripts by phase, VLANs by interface, and where each comes from'],
    ['kvmvlan explain VM1 --json | jq .interfaces', 'its interfaces only'],
  ],
  options: (yargs) =>
    yargs
      .positional('guest', { type: 'string', demandOption: true, describe: "the guest's name" })
      .option('json', { type: 'boolean', default: false, describe: 'print it as JSON' }),
  run: async ({ guest, json }, context) => {
    const { explainGuest } = await import('./explain_guest');
    return explainGuest(String(guest), json === true, context);
  },
};
