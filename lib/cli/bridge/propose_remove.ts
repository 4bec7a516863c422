import { join } from 'node:path';
import { readRecord } from '../../apply/network/bridge_records';
import type { HostNetwork } from '../../model/network/host_network';
import { Exit, KnownError } from '../../model/known_error';
import type { Problem } from '../../model/problem';
import { backendOf } from '../../network/bridge/backends';
import { findMentions } from '../../network/bridge/mentions';
import { removeSection } from '../../network/bridge/edit_conf';
import { readNetwork } from '../../system/iproute2/read_network';
import type { CliContext } from '../command';
import { backendIo } from './network_io';
import type { ConfEdit, Proposal } from './proposal';
import { unreadProblems } from './unread_problems';

/** Finds out what `bridge remove` would do. Throws KnownError if kvmvlan did not create the bridge. */
export async function proposeRemove(bridge: string, context: CliContext): Promise<Proposal> {
  const { io } = context;
  const record = readRecord(bridge, io);
  const backend = record === null ? null : backendOf(record.created.backend);
  if (record === null || backend === null)
    throw new KnownError(
      `${bridge} was not created by \`kvmvlan bridge create\``,
      'Remove it by means of the network manager that created it; `kvmvlan status` names it.',
      Exit.usage,
    );
  const before = await readNetwork(io);
  const { port, vlans } = record;
  const proposal: Proposal = {
    kind: 'remove',
    bridge,
    port,
    before,
    move: { from: bridge, to: port, vlans: vlans.map(({ name }) => name) },
    manager: { name: backend.name, by: record.created.kept.map(({ path }) => path).join(', ') },
    problems: guestsOn(before, bridge, port),
    mentions: [],
    plan: null,
  };
  if (proposal.problems.length > 0) return proposal;
  const reading = backendIo(io);
  const { change, problems } = await backend.renderRemoval(reading, record, before);
  const { mentions, unread } = await findMentions(reading, bridge, port);
  return {
    ...proposal,
    problems: [...problems, ...unreadProblems(unread, bridge, io)],
    mentions,
    plan: change === null ? null : { change, record, conf: confWithout(bridge, context) },
  };
}

/** The bridge takes its ports with it. */
function guestsOn({ links }: HostNetwork, bridge: string, port: string): Problem[] {
  const ports = [...links.values()].filter(({ name, master }) => master === bridge && name !== port);
  if (ports.length === 0) return [];
  const names = ports.map(({ name }) => name);
  return [
    {
      level: 'error',
      code: 'bridge-guests',
      message: `${bridge} has other ports: ${names.join(', ')}.`,
      hint: 'Stop these guests or give them another network first; `kvmvlan status` shows whose ports they are.',
    },
  ];
}

function confWithout(bridge: string, { io, root }: CliContext): ConfEdit | null {
  const path = join(root, 'conf', 'bridge_init.conf');
  const was = io.readText(path, 'conf');
  return was === null ? null : { name: 'bridge_init', path, was, text: removeSection(was, path, bridge) };
}
