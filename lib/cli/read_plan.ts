import { parseAddresses } from '../iproute2/parse_addresses';
import { checkPort } from '../plugins/check_port';
import type { PluginIo } from '../plugins/plugin';
import { cutOff } from '../switch/cut_off';
import { diffHosts, type Change } from '../switch/diff_hosts';
import { planBridges, planGuests, wantedPorts } from '../switch/plan_host';
import { KnownError, type Problem } from '../types';
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
  const [state, shown] = await Promise.all([
    readSwitches(root, io),
    io.exec('ip', ['-j', '-d', 'addr', 'show']),
  ]);
  if (!shown.ok) {
    const why = [shown.failure, shown.stderr.trim()].filter(Boolean).join(': ');
    throw new KnownError(
      `cannot ask for the host's addresses: ip: ${why}`,
      'Run `ip addr show` by hand to see what is wrong.',
    );
  }
  const { host, targets, switches } = state;
  // As bridge_init: with an error in its conf it does nothing.
  const bridges = planBridges(host, state.bridgeInit.problems.length > 0 ? [] : targets);
  const wanted = wantedPorts(state.matches);
  const checks = await Promise.all(
    wanted.map((port) => checkPort(port, bridges.after, io, () => Promise.resolve(bridges.after.bridges))),
  );
  const settable = wanted.filter((_, index) => checks[index]?.canBeSet === true);
  const guests = planGuests(bridges.after, settable, targets);
  const uplinks = (bridge: string): string[] => {
    const ports = switches.find((one) => one.bridge.name === bridge)?.ports ?? [];
    const trunks = ports.filter(({ role }) => role === 'trunk');
    // Without a word of conf, all that is not a guest's.
    return (trunks.length > 0 ? trunks : ports.filter(({ role }) => role === 'other')).map(
      ({ name }) => name,
    );
  };
  const risks = cutOff(parseAddresses(shown.stdout), host, guests.after, uplinks);
  return {
    state,
    changes: diffHosts(host, [bridges, guests], switches),
    risks: [...risks].sort((a, b) => a.level.localeCompare(b.level)),
    problems: [...state.problems, ...checks.flatMap(({ problem }) => problem ?? [])],
  };
}
