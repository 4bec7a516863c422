import { readAddresses } from '../iproute2/read_addresses';
import { checkPort } from '../plugins/check_port';
import type { PluginIo } from '../plugins/plugin';
import { cutOff } from '../switch/cut_off';
import { diffHosts, type Change } from '../switch/diff_hosts';
import { planBridges, planGuests, wantedPorts } from '../switch/plan_host';
import { uplinksOf } from '../switch/uplinks';
import type { Problem } from '../types';
import { readSwitches, type HostState } from './read_switches';

/** What conf would change on this host. */
export interface Plan {
  readonly state: HostState;
  readonly changes: readonly Change[];
  /** Ways by which the host would be cut off; errors first. */
  readonly risks: readonly Problem[];
  /** What keeps it from being all that is wanted. */
  readonly problems: readonly Problem[];
}

/** Reads conf and host and plans what `bridge_init` and then `vlan_filtering --all` would do. Throws KnownError. */
export async function readPlan(root: string, io: PluginIo): Promise<Plan> {
  const [state, links] = await Promise.all([readSwitches(root, io), readAddresses(io.exec)]);
  const { host, targets, switches } = state;
  // As bridge_init: with an error in its conf it does nothing.
  const bridges = planBridges(host, state.bridgeInit.problems.length > 0 ? [] : targets);
  const wanted = wantedPorts(state.matches);
  const checks = await Promise.all(
    wanted.map((port) => checkPort(port, bridges.after, io, () => Promise.resolve(bridges.after.bridges))),
  );
  const settable = wanted.filter((_, index) => checks[index]?.canBeSet === true);
  const guests = planGuests(bridges.after, settable, targets);
  const guestPorts = new Set([
    ...links.taps,
    ...state.domains.flatMap(({ interfaces }) => interfaces.flatMap(({ dev }) => dev ?? [])),
  ]);
  const allowed = targets.filter(({ rule }) => rule.allowCutOff).map(({ rule }) => rule.bridge);
  const risks = cutOff(
    links.addresses.filter(({ bridge }) => !allowed.includes(bridge)),
    host,
    guests.after,
    (bridge) => uplinksOf(bridge, host, targets, guestPorts),
  );
  return {
    state,
    changes: diffHosts(host, [bridges, guests], switches),
    risks: [...risks].sort((a, b) => a.level.localeCompare(b.level)),
    problems: [...state.problems, ...checks.flatMap(({ problem }) => problem ?? [])],
  };
}
