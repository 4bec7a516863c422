import type { NetRoute } from '../../../../lib/model/network/host_network';
import { settingsFor } from '../../../../lib/model/routes/host_setting_files';
import { hostSettings } from '../../../../lib/model/routes/host_settings';
import type { RouteWish } from '../../../../lib/model/routes/route_wish';
import type { Routing } from '../../../../lib/model/routes/routing';
import { address, link } from '../../plan/network/some_network';
import { aWish } from '../../plan/routes/a_host';
import { ip } from './addresses';

const V4 = '/proc/sys/net/ipv4/';
const V6 = '/proc/sys/net/ipv6/';

const WELL: Readonly<Record<string, string>> = {
  [`${V4}conf/br0/forwarding`]: '1',
  [`${V6}conf/all/forwarding`]: '1',
  [`${V6}conf/br0/forwarding`]: '1',
  [`${V6}conf/all/proxy_ndp`]: '1',
  [`${V4}neigh/br0/proxy_delay`]: '0',
  [`${V6}neigh/br0/proxy_delay`]: '0',
};

const LINK = link('br0', {
  kind: 'bridge',
  addresses: ['203.0.113.17/28', '2001:db8::1/64'].map((text) => address(text)),
});

function routing(settings: Readonly<Record<string, string>>, more: Partial<Routing> = {}): Routing {
  return {
    links: new Map([['br0', LINK]]),
    routes: [],
    proxies: [],
    neighbours: [],
    rules: [],
    filters: new Map(),
    uplinkFilters: new Map(),
    settings: new Map(Object.entries({ ...WELL, ...settings })),
    ...more,
  };
}

function wish(addresses: readonly string[], more: Partial<RouteWish> = {}): RouteWish {
  return aWish({ addresses: addresses.map(ip), uplink: 'br0', isStrict: true, ...more });
}

const IPV4 = ['203.0.113.20'];
const IPV6 = ['2001:db8::20'];

function fromAdvertisement(dev: string): NetRoute {
  return {
    family: 6,
    to: 'default',
    via: 'fe80::1',
    dev,
    table: '254',
    metric: 1024,
    protocol: '9',
    scope: null,
    source: null,
    type: '1',
    mtu: null,
    onlink: false,
  };
}

function codes(problems: readonly { level: string; code: string }[]): string[] {
  return problems.map(({ level, code }) => `${level} ${code}`);
}

test('nothing is lacking', () => {
  expect(hostSettings(wish([...IPV4, ...IPV6]), routing({}))).toEqual([]);
});

test.each([
  ['IPv4 is not forwarded', IPV4, { [`${V4}conf/br0/forwarding`]: '0' }, 'error route-not-forwarding'],
  ['IPv6 is not forwarded', IPV6, { [`${V6}conf/all/forwarding`]: '0' }, 'error route-not-forwarding'],
  ['not on the uplink', IPV6, { [`${V6}conf/br0/forwarding`]: '0' }, 'error route-not-forwarding'],
  ['no proxy_ndp', IPV6, { [`${V6}conf/all/proxy_ndp`]: '0' }, 'error route-no-proxy-ndp'],
  ['late answers', IPV4, { [`${V4}neigh/br0/proxy_delay`]: '80' }, 'warning route-setting'],
  ['late answers of IPv6', IPV6, { [`${V6}neigh/br0/proxy_delay`]: '80' }, 'warning route-setting'],
  ['proxy_arp', IPV4, { [`${V4}conf/br0/proxy_arp`]: '1' }, 'warning route-setting'],
  ['proxy_arp everywhere', IPV4, { [`${V4}conf/all/proxy_arp`]: '1' }, 'warning route-setting'],
  ['redirects', IPV4, { [`${V4}conf/all/send_redirects`]: '1' }, 'warning route-setting'],
  [
    'only the uplink has proxy_ndp',
    IPV6,
    { [`${V6}conf/all/proxy_ndp`]: '0', [`${V6}conf/br0/proxy_ndp`]: '1' },
    'warning route-setting',
  ],
])('%s', (_, addresses, settings, expected) => {
  const other = addresses === IPV4 ? IPV6 : IPV4;
  expect(codes(hostSettings(wish(addresses), routing(settings)))).toEqual([expected]);
  expect(hostSettings(wish(other), routing(settings))).toEqual([]);
});

test('a host without IPv6 does not forward it', () => {
  const settings = new Map(Object.entries(WELL).filter(([file]) => !file.startsWith(V6)));
  expect(codes(hostSettings(wish(IPV6), routing({}, { settings })))).toEqual([
    'error route-not-forwarding',
    'error route-no-proxy-ndp',
  ]);
});

test.each([
  ['the kernel learns it', '1', 2],
  ['it is not known who learns it', undefined, 2],
  ['a network manager learns it', '0', 1],
  ['the kernel learns it even when it forwards', '2', 1],
])('a default route from router advertisements: %s', (_, acceptRa, lines) => {
  const settings: Record<string, string> = { [`${V6}conf/all/forwarding`]: '0' };
  if (acceptRa !== undefined) settings[`${V6}conf/eth0.5/accept_ra`] = acceptRa;
  const routes = [fromAdvertisement('eth0.5'), fromAdvertisement('eth0.5')];
  const [problem] = hostSettings(wish(IPV6), routing(settings, { routes }));
  expect(problem?.hint.match(/ = /g)).toHaveLength(lines);
  expect(problem?.message.includes('eth0.5')).toBe(lines === 2);
});

test('the sentences', () => {
  const settings = {
    [`${V4}conf/br0/forwarding`]: '0',
    [`${V4}conf/br0/proxy_arp`]: '1',
    [`${V4}conf/all/send_redirects`]: '1',
    [`${V4}conf/br0/send_redirects`]: '1',
    [`${V4}neigh/br0/proxy_delay`]: '80',
    [`${V6}conf/all/proxy_ndp`]: '0',
  };
  const all = hostSettings(wish([...IPV4, ...IPV6], { vrf: 'red' }), routing(settings, { filters: null }));
  expect(all.map(({ message }) => message)).toEqual([
    'IPv4 is not forwarded on br0 (net.ipv4.conf.br0.forwarding = 0).',
    'on br0, this host answers for every address that it has a route to (net.ipv4.conf.br0.proxy_arp = 1).',
    'this host sends redirects on br0 (net.ipv4.conf.all.send_redirects, net.ipv4.conf.br0.send_redirects = 1), and others keep them after a migration.',
    'on br0, this host answers for guests up to 0.8 s late (net.ipv4.neigh.br0.proxy_delay = 80).',
    'this host does not answer for IPv6 addresses (net.ipv6.conf.all.proxy_ndp = 0).',
    'this host has no VRF red.',
    '`strict = yes` needs nftables, but nft is not installed or the kernel has no nftables.',
  ]);
  const seldom = [
    ...hostSettings(wish(IPV4, { uplink: 'br1' }), routing({})),
    ...hostSettings(wish(IPV4, { uplink: null }), routing({})),
    ...hostSettings(wish(IPV6), routing({ ...settings, [`${V6}conf/br0/proxy_ndp`]: '1' })),
  ];
  expect(seldom.map(({ message }) => message)).toEqual([
    'this host has no interface br1, the uplink.',
    'IPv4 may not be forwarded (net.ipv4.ip_forward = 0).',
    'this host does not answer neighbours that check an IPv6 address again (net.ipv6.conf.all.proxy_ndp = 0).',
  ]);
});

test('the sentence about router advertisements, and both lines', () => {
  const routes = [fromAdvertisement('eth0.5')];
  const [problem] = hostSettings(wish(IPV6), routing({ [`${V6}conf/all/forwarding`]: '0' }, { routes }));
  expect(problem?.message).toBe(
    'IPv6 is not forwarded (net.ipv6.conf.all.forwarding = 0); if it were, the default route of eth0.5 would expire, unless accept_ra = 2.',
  );
  const file = '/etc/sysctl.d/90-kvmvlan-routes.conf';
  expect(problem?.hint).toBe(
    `Run \`printf '%s\\n' 'net.ipv6.conf.eth0/5.accept_ra = 2' 'net.ipv6.conf.all.forwarding = 1' | sudo tee -a ${file} && sudo sysctl -p ${file}\`.`,
  );
});

test('interfaces that do not exist, and no nft', () => {
  const lacking = routing({}, { filters: null, uplinkFilters: null });
  const problems = hostSettings(wish(IPV4, { uplink: 'br1', vrf: 'red' }), lacking);
  expect(codes(problems)).toEqual([
    'error route-uplink-missing',
    'error route-vrf-missing',
    'error route-no-nft',
  ]);
  expect(hostSettings(wish(IPV4, { isStrict: false }), lacking)).toEqual([]);
  const citizen = { isStrict: false, isGoodCitizen: true };
  expect(codes(hostSettings(wish(IPV4, citizen), lacking))).toEqual(['error route-no-nft']);
  expect(hostSettings(wish(IPV4), { ...lacking, filters: new Map() })).toEqual([]);
  const without = hostSettings(wish(IPV4, { ...citizen, uplink: null }), lacking);
  expect(codes(without)).toEqual(['warning route-setting']);
});

test('a VRF is one', () => {
  const links = new Map([...routing({}).links, ['red', { ...LINK, name: 'red', kind: 'vrf' }]]);
  expect(hostSettings(wish(IPV4, { vrf: 'red' }), routing({}, { links }))).toEqual([]);
  const [problem] = hostSettings(wish(IPV4, { vrf: 'br0' }), routing({}, { links }));
  expect(problem?.message).toBe('br0 is no VRF.');
});

test('addresses outside of the networks of the uplink', () => {
  const problems = hostSettings(wish(['203.0.113.20', '198.51.100.7', '2001:db9::1']), routing({}));
  expect(problems.map(({ level, message }) => `${level}: ${message}`)).toEqual([
    'warning: 198.51.100.7 is in no network of br0: others may not look for it there.',
    'warning: 2001:db9::1 is in no network of br0: others may not look for it there.',
  ]);
});

test('without an uplink, only forwarding matters', () => {
  const none = wish(['198.51.100.7', '2001:db9::1'], { uplink: null });
  const off = { [`${V6}conf/all/forwarding`]: '0', [`${V6}conf/all/proxy_ndp`]: '0' };
  expect(codes(hostSettings(none, routing(off)))).toEqual([
    'warning route-setting',
    'error route-not-forwarding',
  ]);
  expect(hostSettings(none, routing({ [`${V4}ip_forward`]: '1' }))).toEqual([]);
});

test('the files of uplinks and taps, each once', () => {
  const files = settingsFor(['eth0.5'], ['vnet3']);
  expect(files).toEqual(expect.arrayContaining([`${V4}ip_forward`, `${V4}neigh/eth0.5/proxy_delay`]));
  expect(files).toContain(`${V4}conf/vnet3/forwarding`);
  expect(settingsFor(['eth0.5', 'eth0.5'], ['vnet3'])).toEqual(files);
});

test('only files that were asked for are read', () => {
  const seen = new Set<string>();
  const settings = new Map(Object.entries(WELL));
  settings.get = (file) => {
    seen.add(file);
    return undefined;
  };
  hostSettings(wish([...IPV4, ...IPV6]), routing({}, { settings, routes: [fromAdvertisement('br0')] }));
  expect(settingsFor(['br0'], [])).toEqual(expect.arrayContaining([...seen]));
});
