import type { ExecResult } from '../../../lib/model/io';
import type { Presence } from '../../../lib/model/guest/presence';
import type { RouteWish } from '../../../lib/model/routes/route_wish';
import type { RoutedTap } from '../../../lib/plan/routes/routed_tap';
import type { RoutesPlan } from '../../../lib/plan/routes/route_step';
import { probeAddresses } from '../../../lib/plugins/probe_addresses';
import { NOT_FOUND, succeeded } from '../fake_host/exec_results';
import { ip } from '../model/routes/addresses';
import { link } from '../plan/network/some_network';
import { aTap } from '../plan/routes/a_host';
import { hears } from './hears';

function tap(dev: string, wish: Partial<RouteWish> = {}, presence: Presence = 'here'): RoutedTap {
  const addresses = [ip('203.0.113.20'), ip('2001:db8::20')];
  return aTap(
    { dev, presence, source: { ...aTap().source, label: dev } },
    { addresses, uplink: 'br0', ...wish },
  );
}

const LINKS = new Map(
  [link('br0', { mac: '02:00:00:00:00:01' }), link('eth1', { index: 3, mac: '02:00:00:00:00:02' })].map(
    (each) => [each.name, each],
  ),
);

/** The problems of taps whose addresses are all new, and how many processes asked. */
async function probe(
  taps: readonly RoutedTap[],
  perl: ExecResult,
  { links = LINKS, isNew = () => true }: { links?: typeof LINKS; isNew?: (address: string) => boolean } = {},
) {
  let asked = 0;
  const exec = (command: string): Promise<ExecResult> => {
    if (command !== 'perl') return Promise.resolve(NOT_FOUND);
    asked += 1;
    return Promise.resolve(perl);
  };
  const announcements = taps.flatMap(({ wish: { addresses, uplink } }) =>
    addresses.flatMap((address) =>
      uplink !== null && isNew(address.bytes.join()) ? [{ address, uplink }] : [],
    ),
  );
  const plan: RoutesPlan = { steps: [], taps: [], problems: [], announcements };
  const problems = await probeAddresses(taps, { exec })(plan, { links });
  return { problems, asked };
}

test('another machine has an address', async () => {
  const { problems, asked } = await probe(
    [tap('vnet0'), tap('vnet1', { addresses: [ip('203.0.113.21')] })],
    hears(9, '2001:db8::20'),
  );
  expect(asked).toBe(1);
  expect(problems).toEqual([
    {
      level: 'error',
      code: 'route-answered',
      message:
        'vnet0 of guest web1 (guest_routes.conf:4: [vnet0]): 2001:db8::20 is answered on br0 by 02:00:00:00:00:09: another machine has it.',
      hint: 'Find that machine, or set `probe = no` if both may have it.',
      place: { file: 'guest_routes.conf', line: 4 },
      section: 'vnet0',
      subject: { guest: 'web1', port: 'vnet0', addresses: ['2001:db8::20'], interface: 'br0' },
    },
  ]);
});

test('each uplink is asked once, and this host itself does not count', async () => {
  const { problems, asked } = await probe(
    [tap('vnet0'), tap('vnet1', { uplink: 'eth1', addresses: [ip('203.0.113.21')] })],
    hears(2, '203.0.113.20', '203.0.113.21'),
  );
  expect({ problems, asked }).toEqual({ problems: [], asked: 2 });
});

test('it is not known', async () => {
  const { problems } = await probe(
    [tap('vnet0'), tap('vnet1', { addresses: [ip('203.0.113.21')] })],
    NOT_FOUND,
  );
  expect(problems.map(({ level, code }) => `${level} ${code}`)).toEqual(
    Array(2).fill('warning route-not-probed'),
  );
  expect(problems[0]).toMatchObject({
    message:
      'vnet0 of guest web1 (guest_routes.conf:4: [vnet0]): cannot ask on br0 whether another machine has 203.0.113.20, 2001:db8::20: there is neither perl nor python3 to send frames with.',
    hint: 'Check it with `ip link show br0`, and install perl or python3 if both are missing.',
  });
});

test('there is no uplink to ask on', async () => {
  const { problems, asked } = await probe([tap('vnet0')], succeeded(), { links: new Map() });
  expect(problems.map(({ code, message }) => [code, message.endsWith(': it does not exist.')])).toEqual([
    ['route-not-probed', true],
  ]);
  expect(asked).toBe(0);
});

test.each([
  ['conf does not want it', tap('vnet0', { probes: false }), () => true],
  ['the guest is arriving', tap('vnet0', {}, 'arriving'), () => true],
  ['others route the addresses to this host', tap('vnet0', { uplink: null }), () => true],
  ['the host answers for them already', tap('vnet0'), () => false],
])('nobody is asked: %s', async (_, one, isNew) => {
  expect(await probe([one], hears(9, '203.0.113.20'), { isNew })).toEqual({ problems: [], asked: 0 });
});
