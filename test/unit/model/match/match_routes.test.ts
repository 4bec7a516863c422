import { formatIp } from '../../../../lib/model/address/ip_address';
import type { MetadataPort } from '../../../../lib/model/guest/domain';
import { matchRoutes } from '../../../../lib/model/match/match_routes';
import type { RuleMatch } from '../../../../lib/model/match/match_rules';
import { readGuestRoutesConf } from '../../../../lib/model/routes/guest_routes_conf';
import type { RouteWish } from '../../../../lib/model/routes/route_wish';
import { anInterface } from '../guest/an_interface';

const DEFAULT = '[DEFAULT]\nuplink = br0\npool = 203.0.113.16/28, 2001:db8::/64\n';

const nic = (attributes: Record<string, string>): MetadataPort => ({ element: 'nic', attributes });

/** web1 with a routed interface, vnet0, and one on a bridge, vnet1. */
function match(conf: string, nics: readonly MetadataPort[] | null = null): RuleMatch<RouteWish> {
  return matchRoutes(readGuestRoutesConf(DEFAULT + conf, 'guest_routes.conf'), {
    name: 'web1',
    uuid: null,
    interfaces: [
      anInterface({ place: 0, nic: 0, type: 'ethernet', dev: 'vnet0', hasTap: true, bridge: null }),
      anInterface({ place: 1, nic: 1, type: 'bridge', dev: 'vnet1', hasTap: true, bridge: 'br0' }),
    ],
    nics,
    nicsProblem: null,
  });
}

const wanted = ({ wanted: all }: RuleMatch<RouteWish>): string[] =>
  all.map(({ dev, wish, rule }) => `${dev} ${wish.addresses.map(formatIp).join(' ')} ${rule.origin}`);

const SECTION = '[web]\nguest = web1\nnic = 0\naddress = 203.0.113.20\n';

test('a section for the interface', () => {
  expect(wanted(match(SECTION))).toEqual(['vnet0 203.0.113.20 conf']);
});

test('an error that may concern every guest concerns only those with an interface that could be routed', () => {
  const conf = readGuestRoutesConf(`stray = 1\n${DEFAULT}${SECTION}`, 'guest_routes.conf');
  const bridged = anInterface({
    place: 0,
    nic: 0,
    type: 'bridge',
    dev: 'vnet1',
    hasTap: true,
    bridge: 'br0',
  });
  const guest = { name: 'web1', uuid: null, nics: null, nicsProblem: null };
  const ofBridged = matchRoutes(conf, { ...guest, interfaces: [bridged] });
  expect(ofBridged.blocking).toEqual([]);
  expect(new Set(ofBridged.others.map(({ code }) => code))).toEqual(new Set(['key-before-section']));
  const routed = { ...bridged, type: 'ethernet', bridge: null };
  const ofRouted = matchRoutes(conf, { ...guest, interfaces: [routed] });
  expect(new Set(ofRouted.blocking.map(({ code }) => code))).toEqual(new Set(['key-before-section']));
});

test('an interface on a bridge cannot be routed', () => {
  const { unfit, wanted: none } = match(SECTION.replace('nic = 0', 'nic = 1'));
  expect(unfit.map(({ iface }) => iface.dev)).toEqual(['vnet1']);
  expect(none).toEqual([]);
});

describe("the guest's own addresses", () => {
  test('count in the pool, with the settings of this host', () => {
    const found = match('', [nic({ nic: '0', address: '203.0.113.21 2001:db8::21' })]);
    expect(wanted(found)).toEqual(['vnet0 203.0.113.21 2001:db8::21 metadata']);
    expect(found.wanted[0]?.wish).toMatchObject({ uplink: 'br0', isStrict: true, routes: [] });
  });

  test.each(['203.0.113.25', '203.0.113.30'])(
    '%s, which conf gives to another guest, stops the guest',
    (address) => {
      const other = '[db]\nguest = db\nnic = 0\naddress = 203.0.113.25\nroute = 203.0.113.30/32\n';
      const { wanted: none, blocking } = match(other, [nic({ nic: '0', address })]);
      expect([none, blocking.map(({ code, key }) => [code, key])]).toEqual([
        [],
        [['conflicting-keys', 'address']],
      ]);
    },
  );

  test('count after sections', () => {
    expect(wanted(match(SECTION, [nic({ nic: '0', address: '203.0.113.21' })]))).toEqual([
      'vnet0 203.0.113.20 conf',
    ]);
  });

  test('stop the guest outside of the pool, and where there is no pool', () => {
    const codes = (conf: string, address: string): string[] =>
      matchRoutes(readGuestRoutesConf(conf, 'guest_routes.conf'), {
        name: 'web1',
        uuid: null,
        interfaces: [anInterface({ place: 0, nic: 0, type: 'ethernet', dev: 'vnet0', hasTap: true })],
        nics: [nic({ nic: '0', address })],
        nicsProblem: null,
      }).blocking.map(({ message }) => message);
    expect(codes(DEFAULT, '203.0.113.40')).toEqual([
      '203.0.113.40 is in no pool of this host (203.0.113.16/28, 2001:db8::/64)',
    ]);
    expect(codes('[DEFAULT]\nuplink = br0\n', '203.0.113.20')).toEqual([
      'this host has no pool for the addresses of metadata',
    ]);
    expect(codes('[DEFAULT]\nmetadata = off\n', '203.0.113.40')).toEqual([]);
  });

  test.each(['uplink', 'table', 'route', 'strict', 'gateway'])('say nothing of %s', (key) => {
    const { blocking } = match('', [nic({ nic: '0', address: '203.0.113.21', [key]: 'no' })]);
    expect(blocking.map(({ code }) => code)).toEqual(['unknown-key']);
  });
});
