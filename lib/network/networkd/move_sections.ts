import { rawSections, type RawEntry, type RawSection } from './raw_sections';

/** A .network file of an interface, taken apart for the bridge and its port. */
export interface MovedSections {
  readonly bridge: readonly RawSection[];
  readonly port: readonly RawSection[];
}

/** Sections about the link itself. All others are about addresses, and move to the bridge. Source: systemd.network(5). */
const OF_LINK = [
  ...['Bridge', 'LLDP', 'SR-IOV', 'CAN', 'IPoIB'],
  // Queueing disciplines.
  ...['QDisc', 'NetworkEmulator', 'TokenBucketFilter', 'PIE', 'FlowQueuePIE', 'StochasticFairBlue'],
  ...[
    'StochasticFairnessQueueing',
    'BFIFO',
    'PFIFO',
    'PFIFOHeadDrop',
    'PFIFOFast',
    'CAKE',
    'ControlledDelay',
  ],
  ...['DeficitRoundRobinScheduler', 'DeficitRoundRobinSchedulerClass', 'EnhancedTransmissionSelection'],
  ...['GenericRandomEarlyDetection', 'FairQueueingControlledDelay', 'FairQueueing', 'TrivialLinkEqualizer'],
  ...['HierarchyTokenBucket', 'HierarchyTokenBucketClass', 'ClassfulMultiQueueing', 'BandMultiQueueing'],
  ...['HeavyHitterFilter', 'QuickFairQueueing', 'QuickFairQueueingClass'],
];

/** Sections that say nothing any more: who is matched, and how VLANs of a bridge port are set. */
const LEFT_OUT = ['Match', 'BridgeVLAN', 'BridgeFDB', 'BridgeMDB'];

/** Keys of [Network] about the link itself. */
const NETWORK_OF_LINK = ['LLDP', 'EmitLLDP', 'BindCarrier'];

/** Keys of [Network] that have no meaning for a bridge: it has no master to keep. */
const NETWORK_LEFT_OUT = ['KeepMaster'];

/** Keys of [Link] that ask when the host is online, or how addresses are resolved. */
const LINK_OF_ADDRESSES = ['RequiredForOnline', 'RequiredFamilyForOnline', 'ARP'];

/** Keys of [Link] that both need; the MTU is set from the port's, see `render`. */
const LINK_OF_BOTH = ['Group', 'Multicast', 'AllMulticast'];

/** Keys whose value can name the interface itself, as `eth0` or as the zone of an address. */
const NAMES_IT = [
  ...['IncomingInterface', 'OutgoingInterface', 'UplinkInterface', 'DNS', 'NTP'],
  // 192.0.2.1@eth0
  'MultiPathRoute',
];

/** Divides a .network file and its drop-ins. Order, comments and unknown keys are kept. */
export function moveSections(texts: readonly string[], port: string, bridge: string): MovedSections {
  const all = texts.flatMap(rawSections).filter(({ name }) => !LEFT_OUT.includes(name));
  const divided = all.map((section) => ({
    bridge: pick(section, (key) => goesTo(section.name, key) !== 'port'),
    port: pick(section, (key) => ['port', 'both'].includes(goesTo(section.name, key))),
  }));
  return {
    bridge: divided.map((each) => renamed(without(each.bridge, 'Network', NETWORK_LEFT_OUT), port, bridge)),
    port: divided.map((each) => each.port),
  };
}

function goesTo(section: string, key: string): 'bridge' | 'port' | 'both' {
  if (OF_LINK.includes(section)) return 'port';
  if (section === 'Network') return NETWORK_OF_LINK.includes(key) ? 'port' : 'bridge';
  if (section !== 'Link') return 'bridge';
  if (LINK_OF_ADDRESSES.includes(key)) return 'bridge';
  return LINK_OF_BOTH.includes(key) ? 'both' : 'port';
}

function pick(section: RawSection, isWanted: (key: string) => boolean): RawSection {
  return { ...section, entries: section.entries.filter(({ key }) => isWanted(key)) };
}

/** A section without some of its keys. */
export function without(section: RawSection, name: string, keys: readonly string[]): RawSection {
  return section.name === name ? pick(section, (key) => !keys.includes(key)) : section;
}

function renamed(section: RawSection, port: string, bridge: string): RawSection {
  return { ...section, entries: section.entries.map((entry) => renamedEntry(entry, port, bridge)) };
}

function renamedEntry(entry: RawEntry, port: string, bridge: string): RawEntry {
  if (!NAMES_IT.includes(entry.key)) return entry;
  const words = entry.value.split(/\s+/);
  const renamedWords = words.map((word) => {
    if (word === port) return bridge;
    return word.replace(/([%@])([^#]*)/, (zone, sign, name) => (name === port ? `${sign}${bridge}` : zone));
  });
  if (words.every((word, i) => word === renamedWords[i])) return entry;
  const value = renamedWords.join(' ');
  const comments = entry.text.split('\n').filter((line) => /^[#;]/.test(line));
  return { key: entry.key, value, text: [...comments, `${entry.key}=${value}`].join('\n') };
}
