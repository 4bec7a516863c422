import assert from 'node:assert/strict';
import fc from 'fast-check';
import { numberInterfaces, type Numbered } from '../../../../lib/model/guest/number_interfaces';

/** Interfaces by their aliases; `hostdev` without one is of that type. */
const numbers = (...aliases: (string | null)[]): (number | null)[] =>
  numberInterfaces(
    aliases.map((alias) =>
      alias === 'hostdev' ? { type: 'hostdev', alias: null } : { type: 'bridge', alias },
    ),
  );

test.each<[string, (string | null)[], (number | null)[]]>([
  ['a guest that runs', ['net0', 'net1', 'net2'], [0, 1, 2]],
  ['the first has been unplugged', ['net1', 'net2'], [1, 2]],
  ['one has been plugged in since', ['net1', 'net3', 'net2'], [1, 3, 2]],
  ['a guest that is off', [null, null, null], [0, 1, 2]],
  ["the administrator's own alias is not counted, off or running", ['ua-x', null, null], [null, 0, 1]],
  ["the administrator's own alias is not counted, off or running", ['ua-x', 'net0', 'net1'], [null, 0, 1]],
  ['nor is a device of the host', ['hostdev', null, null], [null, 0, 1]],
  ['nor is a device of the host', ['hostdev0', 'net0', 'net1'], [null, 0, 1]],
  ['one is about to be plugged in', ['net0', 'net4', null, null], [0, 4, 5, 6]],
  [
    'what is no alias of libvirt',
    ['net', 'net01', 'net-1', 'net1x', 'ua-net1', '', 'net 1'],
    Array.from({ length: 7 }, () => null),
  ],
])('%s', (_, aliases, expected) => {
  expect(numbers(...aliases)).toEqual(expected);
});

/** Guests as libvirt starts them, some interfaces unplugged and others plugged in since. */
interface Guest {
  readonly interfaces: readonly Numbered[];
}

/** The alias that libvirt gives the next one (qemu_alias.c qemuAssignDeviceNetAlias). */
function assign({ interfaces }: Guest, wanted: Numbered): Numbered {
  if (wanted.alias !== null) return wanted;
  const prefix = wanted.type === 'hostdev' ? 'hostdev' : 'net';
  const taken = interfaces.flatMap(({ alias }) => {
    const digits = alias?.startsWith(prefix) === true ? alias.slice(prefix.length) : '';
    return /^\d+$/.test(digits) ? [Number(digits)] : [];
  });
  return { ...wanted, alias: `${prefix}${Math.max(-1, ...taken) + 1}` };
}

const definition = fc.array(
  fc.constantFrom<Numbered>(
    { type: 'bridge', alias: null },
    { type: 'user', alias: null },
    { type: 'hostdev', alias: null },
    { type: 'bridge', alias: 'ua-own' },
  ),
  { maxLength: 6 },
);

test('the number in prepare is the one that the interface has once it runs', () => {
  fc.assert(
    fc.property(definition, (defined) => {
      const started = defined.reduce<Guest>(
        (guest, iface) => ({ interfaces: [...guest.interfaces, assign(guest, iface)] }),
        { interfaces: [] },
      );
      assert.deepEqual(numberInterfaces(defined), numberInterfaces(started.interfaces));
    }),
  );
});

test('nothing that is plugged in or out gives another interface another number, and no two have the same', () => {
  const step = fc.oneof(
    fc.record({ unplug: fc.nat({ max: 7 }) }, { noNullPrototype: true }),
    fc.record({ plug: fc.constantFrom('bridge', 'hostdev', 'ua') }, { noNullPrototype: true }),
  );
  fc.assert(
    fc.property(definition, fc.array(step, { maxLength: 8 }), (defined, steps) => {
      let guest = defined.reduce<Guest>(
        (all, iface) => ({ interfaces: [...all.interfaces, assign(all, iface)] }),
        {
          interfaces: [],
        },
      );
      for (const change of steps) {
        const before = new Map(
          guest.interfaces.map((iface, i) => [iface, numberInterfaces(guest.interfaces)[i]]),
        );
        if ('unplug' in change) {
          guest = { interfaces: guest.interfaces.filter((_, place) => place !== change.unplug) };
        } else {
          const alias = change.plug === 'ua' ? 'ua-more' : null;
          guest = { interfaces: [...guest.interfaces, assign(guest, { type: change.plug, alias })] };
        }
        const after = numberInterfaces(guest.interfaces);
        for (const [place, iface] of guest.interfaces.entries())
          if (before.has(iface)) assert.equal(after[place], before.get(iface));
        const given = after.filter((number) => number !== null);
        assert.equal(new Set(given).size, given.length);
      }
    }),
    { numRuns: 1000 },
  );
});
