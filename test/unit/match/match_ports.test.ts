import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readVlanFilteringConf } from '../../../lib/conf/vlan_filtering_conf';
import type { DomainInterface } from '../../../lib/domain/domain';
import { matchPorts, type Guest, type Match } from '../../../lib/match/match_ports';
import { describePortVlans } from '../../../lib/vlan/port_vlans';
import { breakLine } from './break_line';
import { confLines, guest, sections, type Section } from './arbitraries';

const RUNS = { numRuns: 2000 };
const match = (lines: readonly string[], whom: Guest): Match =>
  matchPorts(readVlanFilteringConf(lines.join('\n'), 'f'), whom);

/** Whether a section that is right matches an interface: written down from the documentation, key by key. */
function meets({ name, keys }: Section, { name: guestName, uuid }: Guest, iface: DomainInterface): boolean {
  const { guest: pattern = '*', mac, nic, alias, bridge, network } = keys;
  const glob = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.').replaceAll('[!', '[^')}$`);
  if (!glob.test(guestName) && pattern.toLowerCase() !== uuid) return false;
  const conditions = [
    [mac, iface.mac],
    [nic, String(iface.nic)],
    [alias, iface.alias],
    [bridge, iface.bridge],
    [network, iface.network],
  ];
  const given = conditions.filter(([wanted]) => wanted !== undefined);
  return given.length === 0 ? iface.dev === name : given.every(([wanted, is]) => wanted === is);
}

describe('sections and the interfaces of a guest', () => {
  test('the first section that matches an interface counts, and only that', () => {
    fc.assert(
      fc.property(sections, guest, (list, whom) => {
        const { wanted, withoutTap } = match(confLines(list), whom);
        const found = [...wanted, ...withoutTap].map(({ iface, rule }) => [iface?.nic, rule.label]);
        const expected = whom.interfaces.flatMap((iface) => {
          const first = list.find((section) => meets(section, whom, iface));
          return first === undefined ? [] : [[iface.nic, first.name]];
        });
        assert.deepEqual(found.sort(), expected.sort());
      }),
      RUNS,
    );
  });

  test('an interface without a tap is never a port to be set', () => {
    fc.assert(
      fc.property(sections, guest, (list, whom) => {
        const { wanted, withoutTap } = match(confLines(list), whom);
        for (const { iface, dev } of wanted) assert.equal(dev, iface?.dev);
        for (const { iface } of withoutTap) assert.ok(iface.dev === null || !iface.hasTap);
        for (const { iface } of wanted) assert.ok(iface?.hasTap !== false);
      }),
      RUNS,
    );
  });

  test('what is right blocks nobody', () => {
    fc.assert(
      fc.property(sections, guest, (list, whom) => {
        const { blocking, others } = match(confLines(list), whom);
        assert.deepEqual([blocking, others], [[], []]);
      }),
      RUNS,
    );
  });

  test('a section that is told to be shadowed matches no interface of any guest', () => {
    fc.assert(
      fc.property(sections, guest, guest, (list, whom, other) => {
        for (const { rule } of match(confLines(list), whom).shadowed) {
          for (const someone of [whom, other]) {
            const { wanted, withoutTap } = match(confLines(list), someone);
            for (const used of [...wanted, ...withoutTap]) assert.notEqual(used.rule.label, rule.label);
          }
        }
      }),
      RUNS,
    );
  });
});

describe('a conf in which one line is broken', () => {
  const broken = sections
    .filter((list) => list.length > 0)
    .chain((list) => {
      const lines = confLines(list);
      return fc.record({ list: fc.constant(list), text: breakLine(lines) }, { noNullPrototype: true });
    });

  test('lets no guest through with a port that it would have set otherwise', () => {
    fc.assert(
      fc.property(broken, guest, ({ list, text }, whom) => {
        const right = match(confLines(list), whom);
        const now = match(text.split('\n'), whom);
        const isSafe = now.blocking.length > 0 || samePorts(right, now);
        assert.ok(isSafe, `${whom.name} may start:\n${text}`);
      }),
      { numRuns: 4000 },
    );
  });

  test('does not stop a guest of which every section names another one', () => {
    fc.assert(
      fc.property(broken, guest, ({ list, text }, whom) => {
        const isOfOthers = list.every(
          ({ keys }) => /^(VM|db)\d+$/.test(keys.guest ?? '') && keys.guest !== whom.name,
        );
        const isValue = text
          .split('\n')
          .some((line) => line.endsWith(' = wrong!') && !line.startsWith('guest'));
        if (!isOfOthers || !isValue) return;
        const { blocking, wanted } = match(text.split('\n'), whom);
        assert.deepEqual([blocking, wanted], [[], []]);
      }),
      { numRuns: 4000 },
    );
  });
});

function samePorts(a: Match, b: Match): boolean {
  const ports = ({ wanted, withoutTap }: Match) =>
    [
      ...wanted.map(({ iface, wish }) => `${iface?.nic} ${describePortVlans(wish.vlans)}`),
      ...withoutTap.map(({ iface }) => `${iface.nic} without a tap`),
    ].sort();
  return JSON.stringify(ports(a)) === JSON.stringify(ports(b));
}
