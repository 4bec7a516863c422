import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseLinks } from '../../../../lib/model/network/parse_links';
import { parseResolvConf, parseResolvectl } from '../../../../lib/model/network/parse_resolvectl';
import { parseRoutes, parseRules } from '../../../../lib/model/network/parse_routes';

const recorded = (name: string): string => readFileSync(join(__dirname, 'recorded', name), 'utf8');

test('addresses of a real interface', () => {
  const eth0 = parseLinks(recorded('addr.json')).get('eth0');
  expect(eth0).toMatchObject({
    kind: 'veth',
    master: null,
    mtu: 1400,
    isUp: true,
    hasCarrier: true,
    vlan: null,
  });
  expect(eth0?.addresses.filter(({ scope }) => scope === 'global').map(({ address }) => address)).toEqual([
    '192.0.2.10/24',
    '192.0.2.11/24',
    '2001:db8::1/64',
  ]);
  expect(eth0?.addresses.every(({ isDynamic, isTemporary }) => !isDynamic && !isTemporary)).toBe(true);
});

test('a VLAN interface, and an address from DHCP that is not usable yet', () => {
  const link = {
    ifname: 'eth0.200',
    ifindex: 3,
    link: 'eth0',
    flags: ['UP'],
    link_type: 'ether',
    linkinfo: { info_kind: 'vlan', info_data: { protocol: '802.1Q', id: 200 } },
    addr_info: [
      {
        family: 'inet6',
        local: '2001:db8::5',
        prefixlen: 128,
        scope: 'global',
        dynamic: true,
        tentative: true,
      },
    ],
  };
  expect(parseLinks(JSON.stringify([link])).get('eth0.200')).toMatchObject({
    below: 'eth0',
    vlan: { vid: 200, protocol: '802.1Q' },
    addresses: [{ address: '2001:db8::5/128', family: 6, isDynamic: true, isUnusable: true }],
  });
});

test('routes of all tables, one for each next hop', () => {
  const routes = parseRoutes(recorded('route4.json'), 4).filter(
    ({ type, protocol }) => type === 'unicast' && protocol !== 'kernel',
  );
  expect(routes.map(({ to, via, table, metric, mtu }) => [to, via, table, metric, mtu])).toEqual([
    ['default', '192.0.2.1', '100', null, null],
    ['default', '192.0.2.1', 'main', null, null],
    ['198.51.100.0/24', '192.0.2.254', 'main', 7, 1300],
    ['203.0.113.0/24', '192.0.2.1', 'main', null, null],
    ['203.0.113.0/24', '192.0.2.2', 'main', null, null],
  ]);
  expect(parseRoutes(recorded('route6.json'), 6).every(({ family }) => family === 6)).toBe(true);
});

test('rules, without those of the kernel', () => {
  expect(parseRules(recorded('rule4.json'), 4)).toMatchObject([{ family: 4, priority: 100, devs: [] }]);
  expect(parseRules(recorded('rule6.json'), 6)).toMatchObject([{ family: 6, priority: 101, devs: ['eth0'] }]);
});

test('output that is no JSON is an error', () => {
  expect(() => parseRoutes('Object "x" is unknown', 4)).toThrow('ip -j -4 route show table all');
  expect(() => parseRules('no', 6)).toThrow('ip -j -6 rule');
});

test('name servers and domains by interface', () => {
  const dns = 'Global:\nLink 2 (eth0): 192.0.2.53 2001:db8::53\nLink 3 (wlan0):\n';
  const domain = 'Global:\nLink 2 (eth0): example.net lab.example.net\nLink 3 (wlan0):\n';
  expect([...parseResolvectl(dns, domain)]).toEqual([
    ['eth0', { servers: ['192.0.2.53', '2001:db8::53'], domains: ['example.net', 'lab.example.net'] }],
  ]);
});

test('a resolv.conf', () => {
  const text =
    '# made by hand\nnameserver 192.0.2.53 # near\nnameserver 198.51.100.53\nsearch example.net lab.example.net\noptions edns0\n';
  expect(parseResolvConf(text)).toEqual({
    servers: ['192.0.2.53', '198.51.100.53'],
    domains: ['example.net', 'lab.example.net'],
  });
});
