import { anInterface } from '../guest/an_interface';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readVlanFilteringConf } from '../../../../lib/model/conf/vlan_filtering_conf';
import type { DomainInterface, MetadataPort } from '../../../../lib/model/guest/domain';
import { matchPorts, type Guest, type Match } from '../../../../lib/model/match/match_ports';
import { describePortVlans } from '../../../../lib/model/vlan/port_vlans';
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
        const { wanted, unfit } = match(confLines(list), whom);
        const found = [...wanted, ...unfit].map(({ iface, rule }) => [iface?.nic, rule.label]);
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
        const { wanted, unfit } = match(confLines(list), whom);
        for (const { iface, dev } of wanted) assert.equal(dev, iface?.dev);
        for (const { iface } of unfit) assert.ok(iface.dev === null || !iface.hasTap);
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
            const { wanted, unfit } = match(confLines(list), someone);
            for (const used of [...wanted, ...unfit]) assert.notEqual(used.rule.label, rule.label);
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
        const right = match(confLines(meant(list, text)), whom);
        const now = match(text.split('\n'), whom);
        const isSafe = now.blocking.length > 0 || samePorts(right, now);
        assert.ok(isSafe, `${whom.name} may start:\n${text}`);
      }),
      { numRuns: 4000 },
    );
  });

  const headless = sections.filter(([first]) => first !== undefined && Object.keys(first.keys).length > 0);

  test('and so does one whose first header is a comment', () => {
    fc.assert(
      fc.property(headless, guest, (list, whom) => {
        const right = match(confLines(list), whom);
        const now = match(['# a section', ...confLines(list).slice(1)], whom);
        assert.ok(now.blocking.length > 0 || samePorts(right, now), whom.name);
        // Which guest the lines are for they say, if they say it.
        const isOfOthers = list.every(
          ({ keys }) => /^(VM|db)\d+$/.test(keys.guest ?? '') && keys.guest !== whom.name,
        );
        if (isOfOthers) assert.deepEqual(now.blocking, []);
      }),
      RUNS,
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

describe('a conf whose [DEFAULT] is wrong', () => {
  const wrong = fc.constantFrom(
    'pvid = 5000',
    'tagged 100',
    'tagged = 100 # web',
    'pvid = 5\npvid = 6',
    'taged = 5',
    'x',
  );

  test('stops the guests whose sections inherit it, and no others', () => {
    fc.assert(
      fc.property(sections, guest, wrong, (list, whom, line) => {
        const right = match(confLines(list), whom);
        const now = match(['[DEFAULT]', line, ...confLines(list)], whom);
        const [key] = /^(pvid|tagged)/.exec(line) ?? [''];
        const inherits = ({ keys }: Section): boolean => !Object.hasOwn(keys, key);
        const isConcerned = [...right.wanted, ...right.unfit].some(({ rule }) =>
          list.some((section) => section.name === rule.label && inherits(section)),
        );
        // A section that comes too late, or is for this very guest but for none of its interfaces.
        const isInDoubt = list.some((section) => {
          const { guest: whose = '' } = section.keys;
          const isForThis = whose === whom.name || whose.toLowerCase() === whom.uuid;
          return (
            inherits(section) && (isForThis || whom.interfaces.some((iface) => meets(section, whom, iface)))
          );
        });
        if (isConcerned) assert.ok(now.blocking.length > 0);
        else if (!isInDoubt) assert.deepEqual(now.blocking, []);
      }),
      RUNS,
    );
  });

  test('on `metadata` stops guests that have some', () => {
    const { blocking } = match(
      ['[DEFAULT]', 'metadta = off'],
      bare([{ element: 'port', attributes: { nic: '0' } }]),
    );
    expect(blocking).toMatchObject([{ key: 'metadta' }]);
    for (const line of ['metadta = off', 'metadata = maybe', 'metadata off', '#']) {
      expect(match(['[DEFAULT]', line], bare([])).blocking).toEqual([]);
      expect(match(['[DEFAULT]', line, '[veth1]'], bare([])).blocking).toEqual([]);
    }
    // It can be of [DEFAULT] only.
    const lost = ['metadata = off', '[veth0]'];
    expect(match(lost, bare([])).blocking).toEqual([]);
    expect(match(lost, bare([{ element: 'port', attributes: { nic: '0' } }])).blocking).toHaveLength(1);
  });
});

const UUID = '00000000-0000-0000-0000-00000000000a';

/** VM1 with an interface veth0. */
function bare(metadata: readonly MetadataPort[], name = 'VM1'): Guest {
  const iface = anInterface({ dev: 'veth0', bridge: 'br0' });
  return { name, uuid: UUID, interfaces: [iface], metadata, metadataProblem: null };
}

describe('a section for a UUID', () => {
  const devs = (whose: string, whom: Guest): string[] =>
    match(['[veth0]', `guest = ${whose}`], whom).wanted.map(({ dev }) => dev);

  test('is for the guest that has it', () => {
    expect(devs(UUID, bare([]))).toEqual(['veth0']);
    expect(devs(UUID.toUpperCase(), bare([]))).toEqual(['veth0']);
  });

  test('is not for one that is only called so', () => {
    const other = UUID.replace('a', 'b');
    expect(devs(other, bare([], other))).toEqual([]);
    const { blocking, unused } = match(['[veth0]', `guest = ${other}`, 'pvid = 5000'], bare([], other));
    expect([blocking, unused]).toEqual([[], []]);
  });

  test('by a pattern is for guests that are called so', () => {
    expect(devs('00000000-*', bare([]))).toEqual([]);
    expect(devs('0000000[0]-0000-0000-0000-00000000000a', bare([], UUID))).toEqual(['veth0']);
  });
});

/** An empty `guest =` is the same as no line, in a section that is named after its interface. */
function meant(list: readonly Section[], text: string): Section[] {
  const emptied = text.split(/^(?=\[)/m).map((section) => /^guest =$/m.test(section));
  return list.map(({ name, keys: { guest: whose, ...others } }, index) => {
    const isEmpty =
      emptied[index] === true && Object.keys(others).every((key) => ['pvid', 'tagged'].includes(key));
    return { name, keys: isEmpty || whose === undefined ? others : { guest: whose, ...others } };
  });
}

function samePorts(a: Match, b: Match): boolean {
  const ports = ({ wanted, unfit }: Match) =>
    [
      ...wanted.map(({ iface, wish }) => `${iface?.nic} ${describePortVlans(wish.vlans)}`),
      ...unfit.map(({ iface }) => `${iface.nic} without a tap`),
    ].sort();
  return JSON.stringify(ports(a)) === JSON.stringify(ports(b));
}
