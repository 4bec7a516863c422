import { Exit, KnownError } from '../../model/known_error';
import { describeState } from '../explain/describe_state';
import { guestCard } from './guest_card';
import type { Command } from '../command';
import { pathOption } from '../path_option';
import { findGuest } from '../../system/libvirt/find_guest';

/** `kvmvlan inspect`: an overview of a guest. */
export const inspect: Command = {
  command: 'inspect [guest]',
  describe: 'show an overview of a guest: state, interfaces, disks',
  examples: [
    ['kvmvlan inspect VM1', 'name, UUID, state, interfaces and disks of VM1'],
    ['kvmvlan inspect --xml VM1.xml', 'the same from a saved XML file'],
    ['kvmvlan inspect VM1 --json | jq -r .interfaces[].mac', 'its MAC addresses'],
  ],
  options: (yargs) =>
    yargs
      .positional('guest', { type: 'string', describe: "the guest's name" })
      .option('xml', pathOption('read this XML file instead of the XML of a guest here'))
      .option('json', { type: 'boolean', default: false, describe: 'print it as JSON' }),
  run: ({ guest, xml, json }, { io, stdout }) => {
    if ((guest === undefined) === (xml === undefined))
      throw new KnownError(
        'expects either a guest or --xml FILE',
        'For example, run `kvmvlan inspect VM1`. `virsh list --all` lists the guests.',
        Exit.usage,
      );
    const { domain, state, file } = findGuest(guest as string | undefined, xml as string | undefined, io);
    const words = state === null ? 'not known: not in a saved XML' : describeState(state);
    if (json !== true) {
      stdout(guestCard(domain, words, file));
      return Promise.resolve(Exit.done);
    }
    const { name, uuid, interfaces, disks } = domain;
    const report = { format: 1, name, uuid, state: state === null ? null : words, file, interfaces, disks };
    stdout(`${JSON.stringify(report, null, 2)}\n`);
    return Promise.resolve(Exit.done);
  },
};
