import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { addPackages } from '../add_packages';
import type { Machine } from '../machine';
import { machineTests } from '../machine_tests';
import { until } from '../until';
import { HOST, LAN } from './addresses';
import { NIC } from './cards';
import { plugSecondCard, whenLabIsUp } from './lab';
import { managers, type Manager, type ManagerName } from './managers';
import { globalAddresses, snapshotOfNetwork, type NetworkSnapshot } from './network_snapshot';
import { ofThisBuild } from './of_this_build';

/** How a host is configured: the files in configs/<manager>/<kind>, as users write them. */
export type Kind =
  /** DHCP, router advertisements, DHCPv6 where the manager asks for it. */
  | 'dhcp'
  /** Two addresses of each family, routes, a policy rule, DNS, and a VLAN interface. */
  | 'static'
  /** A bond of both network cards has the addresses. */
  | 'bond';

export interface Scenario {
  readonly manager: ManagerName;
  readonly kind: Kind;
}

export const nameOf = ({ manager, kind }: Scenario): string => `${manager}-${kind}`;

/** What becomes the port of the bridge. */
export const portOf = ({ kind }: Scenario): string => (kind === 'bond' ? 'bond0' : NIC);

const folderOf = ({ manager, kind }: Scenario): string => join(machineTests, 'bridge/configs', manager, kind);

/** All that are there: the folders of configs/. */
export const scenarios: readonly Scenario[] = (Object.keys(managers) as ManagerName[]).flatMap((manager) =>
  (['dhcp', 'static', 'bond'] as const)
    .map((kind) => ({ manager, kind }))
    .filter((scenario) => hasConfig(scenario)),
);

function hasConfig(scenario: Scenario): boolean {
  // The one host without a file: NetworkManager makes a profile for a card that has none.
  return nameOf(scenario) === 'NetworkManager-dhcp' || existsSync(folderOf(scenario));
}

/** The name of the state that the host is in then; with `after`, of one that follows it. */
export const stateOf = (scenario: Scenario, after = ''): string =>
  ofThisBuild(`${nameOf(scenario)}${after}`, folderOf(scenario));

/** The host is configured so and has its addresses; a client outside reaches it. */
export async function whenConfigured(machine: Machine, scenario: Scenario): Promise<void> {
  await machine.prepared(stateOf(scenario), async () => {
    await whenLabIsUp(machine);
    if (scenario.kind === 'bond') await plugSecondCard(machine);
    const manager: Manager = managers[scenario.manager];
    if (manager.packages !== undefined) await addPackages(machine, manager.packages);
    const folder = folderOf(scenario);
    if (existsSync(join(folder, 'etc'))) await machine.copyIn(folder, '/', ['etc']);
    await machine.must(manager.start);
    const commands = join(folder, 'activate.sh');
    if (existsSync(commands)) await machine.must(readFileSync(commands, 'utf8'));
    await waitUntilReachable(machine, scenario);
  });
}

/**
 * Waits until the host has all that its configuration gives it, on its port or on a bridge: addresses that are usable, default
 * routes, and a name server that answers; and until a client outside reaches it. Gives its network then.
 */
export async function waitUntilReachable(
  machine: Machine,
  scenario: Scenario,
  device = portOf(scenario),
): Promise<NetworkSnapshot> {
  let network = await snapshotOfNetwork(machine);
  await until(
    () => `${device} has its addresses, and is reached from outside. It is\n${seen(network)}`,
    async () => {
      network = await snapshotOfNetwork(machine);
      return isComplete(network, device, scenario) && (await isReached(machine, network, device));
    },
  );
  return network;
}

function seen({ links, routes, resolvConf }: NetworkSnapshot): string {
  return JSON.stringify({ links, routes, resolvConf }, null, 1);
}

/** The addresses that the configuration gives the interface. */
function addressesOf({ manager, kind }: Scenario): readonly RegExp[] {
  const { isDhcp6, hasTwoSlaac = false }: Manager = managers[manager];
  const { ssh4, ssh6, second4, second6 } = HOST;
  const exactly = (address: string) => new RegExp(`^${address}$`);
  switch (kind) {
    case 'dhcp':
      return [
        ...[LAN.lease4, LAN.slaac],
        ...(isDhcp6 ? [LAN.lease6] : []),
        ...(hasTwoSlaac ? [LAN.slaac] : []),
      ];
    case 'static':
      // ifupdown2 leaves router advertisements to the kernel, which heeds them beside static addresses.
      return [
        ...[ssh4, second4, ssh6, second6].map(exactly),
        ...(manager === 'ifupdown2' ? [LAN.slaac] : []),
      ];
    case 'bond':
      return [ssh4, ssh6].map(exactly);
  }
}

function isComplete(network: NetworkSnapshot, device: string, scenario: Scenario): boolean {
  const addresses = globalAddresses(network, device);
  const wanted = addressesOf(scenario);
  return (
    addresses.length === wanted.length &&
    wanted.every((pattern) => addresses.some((address) => pattern.test(address))) &&
    !JSON.stringify(network.links).includes('tentative') &&
    ['-4', '-6'].every((family) =>
      network.routes.some((route) => route.startsWith(`${family} unicast default`) && route.includes(device)),
    )
  );
}

async function isReached(machine: Machine, network: NetworkSnapshot, device: string): Promise<boolean> {
  const pings = globalAddresses(network, device).map(
    (address) => `ip netns exec client ping -q -c 1 -W 2 ${address} &&`,
  );
  return (await machine.run(`${pings.join(' ')} getent hosts ${LAN.name}`)).status === 0;
}
