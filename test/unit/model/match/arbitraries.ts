import fc from 'fast-check';
import type { DomainInterface } from '../../../../lib/model/guest/domain';
import { anInterface } from '../guest/an_interface';
import type { Guest } from '../../../../lib/model/match/match_ports';

// A small world, so that random sections and random guests meet.
const GUESTS = ['VM1', 'VM2', 'db1', 'db10'];
const DEVS = ['veth0', 'veth1', 'veth2'];
const MACS = ['52:54:00:00:00:01', '52:54:00:00:00:02'];
const ALIASES = ['net0', 'ua-uplink'];
const BRIDGES = ['br0', 'br1'];
const NETWORKS = ['lan', 'default'];
const uuidOf = (guest: string): string => `00000000-0000-0000-0000-00000000000${GUESTS.indexOf(guest)}`;

const iface = fc.record(
  {
    type: fc.constantFrom('bridge', 'network', 'user'),
    mac: fc.option(fc.constantFrom(...MACS)),
    dev: fc.option(fc.constantFrom(...DEVS), { freq: 8 }),
    alias: fc.option(fc.constantFrom(...ALIASES)),
    bridge: fc.option(fc.constantFrom(...BRIDGES)),
    network: fc.option(fc.constantFrom(...NETWORKS)),
    libvirtVlan: fc.boolean(),
  },
  { noNullPrototype: true },
);

/** A guest that runs, with none to three interfaces and no metadata. */
export const guest: fc.Arbitrary<Guest & { interfaces: readonly DomainInterface[] }> = fc
  .tuple(fc.constantFrom(...GUESTS), fc.array(iface, { maxLength: 3 }))
  .map(([name, interfaces]) => ({
    name,
    uuid: uuidOf(name),
    interfaces: interfaces.map((one, place) => anInterface({ ...one, place })),
    metadata: null,
    metadataProblem: null,
  }));

/** A section as it is written: its name and its lines. */
export interface Section {
  readonly name: string;
  readonly keys: Readonly<Record<string, string>>;
}

const keys = fc.record(
  {
    guest: fc.constantFrom(
      ...GUESTS,
      'VM*',
      'db*',
      'db?',
      '*',
      '[!V]*',
      uuidOf('VM1'),
      uuidOf('db10').toUpperCase(),
    ),
    pvid: fc.constantFrom('5', '6', 'none'),
    tagged: fc.constantFrom('', '7', '8-9'),
    mac: fc.constantFrom(...MACS),
    nic: fc.constantFrom('0', '1', '2'),
    alias: fc.constantFrom(...ALIASES),
    bridge: fc.constantFrom(...BRIDGES),
    network: fc.constantFrom(...NETWORKS),
  },
  { requiredKeys: [], noNullPrototype: true },
);

/** Fewer conditions than chance would give: sections that match something. */
const fewKeys = fc
  .tuple(keys, fc.subarray(['mac', 'nic', 'alias', 'bridge', 'network'], { maxLength: 1 }))
  .map(([all, selectors]) =>
    Object.fromEntries(
      Object.entries(all).filter(([key]) => ['guest', 'pvid', 'tagged', ...selectors].includes(key)),
    ),
  );

/** Sections that are right, each with a name of its own. */
export const sections: fc.Arbitrary<Section[]> = fc.uniqueArray(
  fc.record(
    { name: fc.constantFrom(...DEVS, 'a label', 'another', 'nic'), keys: fc.oneof(fewKeys, fewKeys, keys) },
    { noNullPrototype: true },
  ),
  { selector: ({ name }) => name, maxLength: 5 },
);

/** The lines of a conf file. */
export function confLines(list: readonly Section[]): string[] {
  return list.flatMap(({ name, keys: own }) => [
    `[${name}]`,
    ...Object.entries(own).map(([key, value]) => `${key} = ${value}`),
  ]);
}
