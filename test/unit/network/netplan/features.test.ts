import { hasNetplan } from './generate';
import { moveWithNetplan, valuesIn, type Moved, type Port } from './move_with_netplan';

/** A file of netplan with one definition of eth0 and other definitions. */
function yaml(eth0: string, more = '', renderer = 'networkd'): Record<string, string> {
  const indented = eth0
    .trim()
    .split('\n')
    .map((line) => `      ${line}\n`)
    .join('');
  const text = `network:\n  version: 2\n  renderer: ${renderer}\n  ethernets:\n    eth0:\n${indented}${more}`;
  return { '10.yaml': text };
}

const ETH0: Port = { id: 'eth0' };
const said = ({ problems }: Moved): string[] => problems.map(({ level, message }) => `${level} ${message}`);

jest.setTimeout(60_000);

(hasNetplan ? describe : describe.skip)(
  'what netplan makes of the bridge is what it made of the port',
  () => {
    const FEATURES: Readonly<Record<string, string>> = {
      'policy rules and their tables': `
addresses: [192.0.2.10/24, 192.0.2.11/24]
routes:
  - {to: default, via: 192.0.2.1}
  - {to: 0.0.0.0/0, via: 192.0.2.1, table: 100}
  - {to: 192.0.2.0/24, scope: link, table: 100}
routing-policy:
  - {from: 192.0.2.11, table: 100, priority: 100}
  - {to: 192.0.2.11/32, table: 100, mark: 7}`,
      'routes of all kinds': `
addresses: [192.0.2.10/24, "2001:db8:1::10/64"]
routes:
  - {to: 198.51.100.0/24, via: 192.0.2.254, metric: 50, from: 192.0.2.10}
  - {to: 203.0.113.0/24, type: blackhole}
  - {to: 10.0.0.0/8, via: 192.0.2.9, on-link: true, mtu: 1400, congestion-window: 20, advertised-receive-window: 30}
  - {to: "::/0", via: "2001:db8:1::1"}`,
      'a SLAAC token, no privacy': `
dhcp4: true
dhcp6: true
accept-ra: true
ipv6-address-token: "::99"
ipv6-privacy: false`,
      'privacy addresses, no link-local ones': `
dhcp4: no
accept-ra: yes
ipv6-privacy: true
link-local: [ipv4]
ipv6-mtu: 1280`,
      'DHCP overrides': `
dhcp4: true
dhcp-identifier: mac
dhcp4-overrides: {use-dns: false, use-ntp: false, use-domains: route, route-metric: 50, hostname: x, send-hostname: false, use-mtu: false}
dhcp6: true
dhcp6-overrides: {use-dns: false, use-ntp: false, route-metric: 50, hostname: x, send-hostname: false, use-mtu: false, use-domains: route}
critical: true
optional-addresses: [dhcp4]`,
      'addresses with options, all names': `
addresses:
  - 192.0.2.10/24: {label: "eth0:some", lifetime: 0}
  - "2001:db8:1::10/64"
gateway4: 192.0.2.1
nameservers: {search: [~., lab.example.net], addresses: [192.0.2.53, "2001:db8:1::53"]}
ignore-carrier: true`,
      'a match by MAC address': `
match: {macaddress: "52:54:00:aa:bb:cc"}
set-name: eth0
dhcp4: true
wakeonlan: true
mtu: 1400`,
      'a match by driver': `
match: {driver: [virtio_net, e1000]}
dhcp4: true
receive-checksum-offload: false`,
      'a match by several names': `
match: {name: "e*0"}
dhcp4: true
dhcp6: yes`,
    };

    test.each(Object.entries(FEATURES))('systemd-networkd, %s', async (_, eth0) => {
      const moved = await moveWithNetplan(yaml(eth0), ETH0);
      expect(said(moved)).toEqual([]);
      expect(moved.bridge).toEqual(moved.before);
      expect(moved.bridge.length).toBeGreaterThan(1);
      expect(moved.port).toEqual(['Network LinkLocalAddressing=no', 'Network IPv6AcceptRA=no']);
      expect(valuesIn(moved.texts.port, 'Network', 'Bridge')).toEqual(['br0']);
    });

    // NetworkManager has other names for some of them, and netplan 0.106 refuses or leaves out others.
    const OF_NM = Object.entries(FEATURES).filter(
      ([name]) => !/all kinds|policy|driver|privacy addresses|addresses with options/.test(name),
    );

    test.each(OF_NM)('NetworkManager, %s', async (_, eth0) => {
      const moved = await moveWithNetplan(yaml(eth0, '', 'NetworkManager'), ETH0);
      expect(said(moved)).toEqual([]);
      const isMoved = (line: string): boolean => /^(ipv4|ipv6|proxy) /.test(line);
      expect(moved.bridge.filter(isMoved)).toEqual(moved.before.filter(isMoved));
      expect(valuesIn(moved.texts.port, 'connection', 'slave-type')).toEqual(['bridge']);
    });

    test('settings that netplan passes through to NetworkManager', async () => {
      const eth0 = `
dhcp4: true
networkmanager:
  name: office
  passthrough:
    connection.zone: home
    connection.autoconnect-priority: "5"
    ethernet.wake-on-lan: "64"
    ipv6.addr-gen-mode: "0"
    ipv4.dns-priority: "-5"`;
      const { texts } = await moveWithNetplan(yaml(eth0, '', 'NetworkManager'), ETH0);
      expect(valuesIn(texts.bridge, 'connection', 'zone')).toEqual(['home']);
      expect(valuesIn(texts.bridge, 'ipv4', 'dns-priority')).toEqual(['-5']);
      expect(valuesIn(texts.port, 'ethernet', 'wake-on-lan')).toContain('64');
      expect(valuesIn(texts.port, 'connection', 'zone')).toEqual([]);
    });

    test.each([
      ['optional: true', 'no'],
      ['activation-mode: manual', 'no'],
      ['optional: false', undefined],
    ])('with %s the host waits at boot for %j', async (key, required) => {
      const { texts } = await moveWithNetplan(yaml(`addresses: [192.0.2.10/24]\n${key}`), ETH0);
      expect(valuesIn(texts.bridge, 'Link', 'RequiredForOnline')[0]).toBe(required);
    });
  },
);

(hasNetplan ? describe : describe.skip)('what netplan has on top of or below the port', () => {
  test.each([
    ['bonds:\n    bond0: {interfaces: [eth0]}', 'eth0 belongs to the bond bond0'],
    ['bridges:\n    br7: {interfaces: [eth0]}', 'eth0 belongs to the bridge br7'],
  ])('%s is refused', async (more, message) => {
    const moved = await moveWithNetplan(yaml('dhcp4: false', `  ${more}\n`), ETH0);
    expect(said(moved)).toEqual([expect.stringContaining(`error ${message} in /etc/netplan/10.yaml`)]);
  });

  test('a VLAN that the card sets is refused', async () => {
    const more = '    pf: {}\n  vlans:\n    v15: {id: 15, link: eth0, renderer: sriov}\n';
    const moved = await moveWithNetplan(yaml('link: pf', more), ETH0);
    expect(said(moved)).toEqual([
      expect.stringContaining('error v15 in /etc/netplan/10.yaml is a VLAN that the card'),
    ]);
  });
});

(hasNetplan ? describe : describe.skip)('IPv6 addresses that are made of the name of the interface', () => {
  const slaac = (address: string) => ({
    ...{
      address,
      family: 6 as const,
      scope: 'global',
      isDynamic: true,
      isTemporary: false,
      isUnusable: false,
    },
  });

  test.each([
    ['2001:db8:1:0:5054:ff:feaa:bbcc/64', '', 0],
    ['2001:db8:1::99/64', 'ipv6-address-token: "::99"', 0],
    ['2001:db8:1::1234:5678:9abc:def0/64', '', 1],
  ])('%s %s', async (address, token, count) => {
    const moved = await moveWithNetplan(yaml(`accept-ra: true\n${token}`), {
      ...ETH0,
      addresses: [slaac(address)],
    });
    expect(said(moved).filter((each) => each.startsWith('warning IPv6 addresses'))).toHaveLength(count);
  });
});
