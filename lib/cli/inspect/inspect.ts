import { Exit, KnownError } from '../../model/known_error';
import type { Command } from '../command';

/** `kvmvlan inspect`: a guest at a glance. */
export const inspect: Command = {
  command: 'inspect [guest]',
  describe: 'show a guest at a glance: state, interfaces, disks',
  examples: [
    ['kvmvlan inspect VM1', 'name, UUID, state, interfaces and disks of VM1'],
    ['kvmvlan inspect --xml VM1.xml', 'the same from a saved XML'],
    ['kvmvlan inspect VM1 --json | jq -r .interfaces[].mac', 'its MAC addresses'],
  ],
  options: (yargs) =>
    yargs
      .positional('guest', { type: 'string', describe: "the guest's name" })
      .option('xml', { type: 'string', describe: 'read this XML rather than that of a guest here' })
      .option('json', { type: 'boolean', default: false, describe: 'print it as JSON' }),
  run: async ({ guest, xml, json }, { io, stdout }) => {
    if ((guest === undefined) === (xml === undefined))
      throw new KnownError(
        'name one guest, or say --xml FILE',
        'Try `kvmvlan inspect VM1`; `virsh list --all` tells the guests.',
        Exit.usage,
      );
    const [{ findGuest }, { describeState }, { guestCard }] = await Promise.all([
      import('./inspect_guest'),
      import('../explain/describe_state'),
      import('./guest_card'),
    ]);
    const { domain, state, file } = findGuest(guest as string | undefined, xml as string | undefined, io);
    const words = state === null ? 'not known: a saved XML does not tell' : describeState(state);
    if (json !== true) {
      stdout(guestCard(domain, words, file));
      return Exit.done;
    }
    const { name, uuid, interfaces, disks } = domain;
    const report = { format: 1, name, uuid, state: state === null ? null : words, file, interfaces, disks };
    stdout(`${JSON.stringify(report, null, 2)}\n`);
    return Exit.done;
  },
};
