import fc from 'fast-check';
import { readVlanFilteringConf, type PortRule } from '../../../../lib/model/conf/vlan_filtering_conf';
import { isGlob, matchesGlob } from '../../../../lib/text/glob';
import { shadowedRules } from '../../../../lib/model/match/shadowed_rules';
import { confLines, sections } from './arbitraries';

/** The sections that can never match, each with the one that is in its way. */
function shadowed(conf: string): string[] {
  return shadowedRules(readVlanFilteringConf(conf, 'f').rules).map(
    ({ rule, by }) => `${rule.label} by ${by.label}`,
  );
}

/** Whether a section for some guests, nic 0, leaves nothing to a later one for others. */
function covers(earlier: string, later: string): boolean {
  return shadowed(`[a]\n${earlier}\nnic = 0\n[b]\n${later}\nnic = 0`).length === 1;
}

const UUID = '327216e4-de65-4828-96bd-017bd6b40a16';

describe('a section can never match', () => {
  test.each([
    ['', ''],
    ['', 'guest = VM1'],
    ['guest = *', ''],
    ['guest = *', 'guest = VM*'],
    ['guest = VM1', 'guest = VM1'],
    ['guest = VM*', 'guest = VM1'],
    ['guest = VM*', 'guest = VM*'],
    [`guest = ${UUID}`, `guest = ${UUID}`],
    ['guest = *', `guest = ${UUID}`],
    ['', 'alias = net0\nguest = VM1'],
  ])('behind "%s": "%s"', (earlier, later) => {
    expect(covers(earlier, later)).toBe(true);
  });
});

describe('a section may match', () => {
  test.each([
    ['guest = VM1', ''],
    ['guest = VM1', 'guest = VM2'],
    ['guest = VM1', 'guest = VM*'],
    // VM10 is one of VM*, not of VM?.
    ['guest = VM?', 'guest = VM*'],
    // The UUID says nothing of the name.
    ['guest = 3*', `guest = ${UUID}`],
    ['guest = VM1\nalias = net0', 'guest = VM1'],
    ['guest = VM1\nalias = net0', 'guest = VM1\nalias = net1'],
  ])('behind "%s": "%s"', (earlier, later) => {
    expect(covers(earlier, later)).toBe(false);
  });

  test('behind one for another interface, and behind one that is broken', () => {
    expect(shadowed('[veth0]\n[veth1]\n[all]\nnic = x\n[veth2]')).toEqual([]);
  });
});

test('the first section in the way is told', () => {
  expect(shadowed('[a]\nnic = 0\n[b]\nnic = 1\n[c]\nnic = 0\n[d]\nnic = 0\nguest = VM1')).toEqual([
    'c by a',
    'd by a',
  ]);
});

/** By comparing each with all before it. */
function compared(rules: readonly PortRule[]): [PortRule, PortRule][] {
  const covers = (wide: PortRule, narrow: PortRule): boolean => {
    const { guest = '*', ...others } = wide.conditions;
    const its = narrow.conditions.guest;
    const isName = its !== undefined && !isGlob(its) && its !== UUID && !its.includes('-0000-');
    return (
      (guest === '*' || guest === its || (isName && matchesGlob(guest, its))) &&
      Object.entries(others).every(([key, value]) => narrow.conditions[key as keyof typeof others] === value)
    );
  };
  return rules.flatMap((rule, index) => {
    const by = rules.slice(0, index).find((wide) => wide.wish !== null && covers(wide, rule));
    return by === undefined ? [] : [[rule, by]];
  });
}

test('as if each were compared with all before it', () => {
  let found = 0;
  fc.assert(
    fc.property(fc.array(sections, { minLength: 3, maxLength: 3 }), (lists) => {
      const named = lists
        .flat()
        .map((section, number) => ({ ...section, name: `${section.name} ${number}` }));
      const { rules } = readVlanFilteringConf(confLines(named).join('\n'), 'f');
      const expected = compared(rules);
      found += expected.length;
      expect(shadowedRules(rules).map(({ rule, by }) => [rule, by])).toEqual(expected);
    }),
    { numRuns: 500 },
  );
  expect(found).toBeGreaterThan(100);
});

test('thousands of sections, and not a second for all of them', () => {
  const conf = Array.from({ length: 8000 }, (_, n) => `[s${n}]\nguest = VM${n}\nbridge = br0\npvid = 7\n`);
  const { rules } = readVlanFilteringConf(conf.join(''), 'f');
  const began = performance.now();
  expect(shadowedRules(rules)).toEqual([]);
  expect(performance.now() - began).toBeLessThan(1000);
});
