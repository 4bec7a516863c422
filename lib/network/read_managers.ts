import type { BridgeIntent } from './bridge_intent';
import type { Contradiction } from './contradiction';
import { isIfupdown2 } from './ifupdown/detect';
import { readInterfaces, type IfaceStanza } from './ifupdown/read_interfaces';
import { ifupdown2Contradictions } from './ifupdown2/ifupdown2_contradictions';
import type { ManagedBridge, Manager } from './manager';
import type { NetworkFiles } from './network_files';
import { nmContradictions } from './networkmanager/nm_contradictions';
import { readNmFiles, type NmFiles } from './networkmanager/read_profiles';
import type { Profile } from './networkmanager/profile';
import { networkdContradictions } from './networkd/networkd_contradictions';
import { readNetworkd, type NetworkdFiles } from './networkd/read_networkd';
import { isRunning } from './running';

/** State of managers that is in no file; null: not asked. */
export interface ManagerAnswers {
  readonly nmVersion: string | null;
  /** By bridge: whether the profile that NetworkManager has applied turns filtering on. */
  readonly nmFiltering: ReadonlyMap<string, boolean>;
  readonly systemdVersion: number | null;
}

export const NOT_ASKED: ManagerAnswers = { nmVersion: null, nmFiltering: new Map(), systemdVersion: null };

/** The files that netplan writes for systemd-networkd. */
const OF_NETPLAN = /^\/run\/systemd\/network\/10-netplan-/;

/**
 * The managers of each bridge, and where their configuration contradicts conf. It only reads files and never throws.
 */
export function readManagers(
  io: NetworkFiles,
  intents: readonly BridgeIntent[],
  answers: ManagerAnswers = NOT_ASKED,
): ManagedBridge[] {
  if (intents.length === 0) return [];
  const names = intents.flatMap(({ bridge, trunks }) => [bridge, ...trunks.keys()]);
  const nm = readNmFiles(io, names, isRunning(io, 'NetworkManager'));
  const networkd = readNetworkd(io, names, isRunning(io, 'systemd-networkd'));
  const stanzas = readInterfaces(io);
  const isVersion2 = isIfupdown2(io);
  return intents.map((intent): ManagedBridge => {
    const found = [
      ofNm(nm, intent, answers),
      ofNetworkd(networkd, intent, answers),
      ofIfupdown(stanzas, isVersion2, intent),
    ].flatMap((each) => each ?? []);
    const managers = found.flatMap(({ manager }) => manager ?? []);
    const { bridge } = intent;
    const both: Contradiction[] =
      managers.length < 2
        ? []
        : [{ code: 'two-managers', level: 'warning', bridge, names: managers.map(({ name }) => name) }];
    return {
      bridge,
      managers,
      contradictions: [...found.flatMap(({ contradictions }) => contradictions), ...both],
      unreadable: nm.devices.get(bridge)?.profile === null ? nm.unreadable : [],
    };
  });
}

interface Found {
  /** null: this program does not manage the bridge. */
  readonly manager: Manager | null;
  readonly contradictions: readonly Contradiction[];
}

function ofNm(nm: NmFiles, intent: BridgeIntent, answers: ManagerAnswers): Found | null {
  const device = nm.devices.get(intent.bridge);
  if (device === undefined || device.profile?.isExternal === true) return null;
  const { profile } = device;
  // Without the profile, NetworkManager may only be watching a bridge that another program manages.
  if (profile === null && !device.isOwn) return null;
  const manager: Manager = {
    name: 'NetworkManager',
    file: profile?.file ?? null,
    netplan: profile?.netplan === true,
  };
  if (profile === null) return { manager, contradictions: [] };
  const trunks = new Map<string, Profile>();
  for (const dev of intent.trunks.keys()) {
    const of = nm.devices.get(dev)?.profile;
    if (of !== undefined && of !== null && !of.isExternal) trunks.set(dev, of);
  }
  const applied = answers.nmFiltering.get(intent.bridge) ?? null;
  const tools = { version: answers.nmVersion, appliedFiltering: applied };
  return { manager, contradictions: nmContradictions(intent, profile, trunks, tools) };
}

function ofNetworkd(
  files: NetworkdFiles | null,
  intent: BridgeIntent,
  answers: ManagerAnswers,
): Found | null {
  if (files === null) return null;
  const contradictions = networkdContradictions(intent, files, answers.systemdVersion);
  const unit = files.links.get(intent.bridge);
  const netdev = files.netdevs.get(intent.bridge);
  // networkd can remove guests' ports even from a bridge that it does not manage.
  if (unit === undefined && netdev === undefined) return { manager: null, contradictions };
  const file = unit?.file ?? netdev?.file ?? null;
  const netplan = file !== null && OF_NETPLAN.test(file);
  return { manager: { name: 'systemd-networkd', file, netplan }, contradictions };
}

function ofIfupdown(
  stanzas: readonly IfaceStanza[],
  isVersion2: boolean,
  intent: BridgeIntent,
): Found | null {
  const stanza = stanzas.find(({ name }) => name === intent.bridge);
  if (stanza === undefined) return null;
  return {
    manager: { name: isVersion2 ? 'ifupdown2' : 'ifupdown', file: stanza.file, netplan: false },
    contradictions: isVersion2 ? ifupdown2Contradictions(intent, stanzas) : [],
  };
}
