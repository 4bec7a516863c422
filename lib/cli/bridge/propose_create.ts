import { join } from 'node:path';
import type { HostNetwork, NetLink } from '../../model/network/host_network';
import type { Move } from '../../model/network/move';
import type { Problem } from '../../model/problem';
import { backendIo } from './network_io';
import type { Backend, BackendIo, MovedVlan } from '../../network/backend';
import { ownersOf, type Owner } from '../../network/bridge/backends';
import { addSection } from '../../network/bridge/edit_conf';
import { findMentions } from '../../network/bridge/mentions';
import { readPortFacts } from '../../network/bridge/port_facts';
import { refusals } from '../../network/bridge/refusals';
import { warnings } from '../../network/bridge/warnings';
import { readNetwork } from '../../system/iproute2/read_network';
import { readRunningGuests } from '../../system/libvirt/read_guests';
import { loginOf } from '../../system/process/login';
import type { CliContext } from '../command';
import type { Proposal } from './proposal';
import { unreadProblems } from './unread_problems';

/** Finds out what `bridge create` would do. It changes nothing, and works without root as far as it can read. */
export async function proposeCreate(
  bridge: string,
  port: string,
  macsAllowed: boolean,
  context: CliContext,
): Promise<Proposal> {
  const { io } = context;
  const reading = backendIo(io);
  const before = await readNetwork(io);
  const facts = readPortFacts(reading.files, port);
  const move: Move = { from: port, to: bridge, vlans: vlansOn(before, port).map(({ name }) => name) };
  const proposal: Proposal = {
    kind: 'create',
    bridge,
    port,
    before,
    move,
    manager: null,
    problems: refusals({
      bridge,
      port,
      network: before,
      facts,
      direct: directGuests(before, port, context),
      session: sessionDev(before),
      macsAllowed,
    }),
    mentions: [],
    plan: null,
  };
  const link = before.links.get(port);
  if (link === undefined || proposal.problems.length > 0) return proposal;
  const owners = await ownersOf(reading, port);
  const [owner] = owners;
  if (owner === undefined || owners.length > 1)
    return { ...proposal, problems: [notOneOwner(port, owners, before)] };
  const { mentions, unread } = await findMentions(reading, port, bridge);
  const rest = await render(owner.backend, reading, link, proposal, context);
  return {
    ...proposal,
    ...rest,
    manager: { name: owner.backend.name, by: owner.by },
    problems: [...rest.problems, ...warnings(link, facts), ...unreadProblems(unread, port, io)],
    mentions,
  };
}

async function render(
  backend: Backend,
  reading: BackendIo,
  port: NetLink,
  { bridge, before }: Proposal,
  { root, io }: CliContext,
): Promise<Pick<Proposal, 'problems' | 'plan'>> {
  const vlans = vlansOn(before, port.name);
  const path = join(root, 'conf', 'bridge_init.conf');
  const was = io.readText(path, 'conf');
  const needed = [...new Set(vlans.map(({ vid }) => vid))].sort((a, b) => a - b);
  const conf = addSection(was, path, { bridge, port: port.name, needed });
  if ('problem' in conf) return { problems: [conf.problem], plan: null };
  const state = await backend.snapshot(reading, port.name);
  const { change, problems } = backend.render(state, {
    bridge,
    port,
    vlans,
    bridgeVlans: conf.vlans,
    network: before,
  });
  if (change === null) return { problems, plan: null };
  return {
    problems,
    plan: {
      change,
      record: { bridge, port: port.name, vlans, created: change },
      conf: { name: 'bridge_init', path, was, text: conf.text },
    },
  };
}

/** The VLAN interfaces on an interface, by name. */
function vlansOn({ links }: HostNetwork, port: string): MovedVlan[] {
  return [...links.values()]
    .flatMap(({ name, below, vlan }) => (below === port && vlan !== null ? [{ name, vid: vlan.vid }] : []))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function directGuests({ links }: HostNetwork, port: string, { io }: CliContext): string[] {
  const uppers = [...links.values()].filter(
    ({ below, kind }) => below === port && kind?.startsWith('mac') === true,
  );
  const devs = new Set(uppers.map(({ name }) => name));
  if (devs.size === 0) return [];
  return readRunningGuests(io).domains.flatMap(({ name, interfaces }) =>
    interfaces.some(({ dev }) => dev !== null && devs.has(dev)) ? [name] : [],
  );
}

/** The interface that has the address by which the user is logged in. */
function sessionDev({ links }: HostNetwork): string | null {
  const local = loginOf()?.local ?? null;
  if (local === null) return null;
  const found = [...links.values()].find(({ addresses }) =>
    addresses.some(({ address }) => address.startsWith(`${local}/`)),
  );
  return found?.name ?? null;
}

function notOneOwner(port: string, owners: readonly Owner[], { links }: HostNetwork): Problem {
  if (owners.length === 0) {
    const has = (links.get(port)?.addresses.length ?? 0) > 0;
    return {
      level: 'error',
      code: 'bridge-no-manager',
      message: `no network manager configures ${port}${has ? ', although it has addresses: by hand, or by the initramfs' : ''}.`,
      hint: `Let systemd-networkd, NetworkManager, netplan, ifupdown or ifupdown2 configure ${port} first, so that there is a configuration to move.`,
    };
  }
  const names = owners.map(({ backend, by }) => `${backend.name} (${by})`).join(' and ');
  return {
    level: 'error',
    code: 'bridge-two-managers',
    message: `${port} is configured by ${names}.`,
    hint: 'Leave it to one of them first.',
  };
}
