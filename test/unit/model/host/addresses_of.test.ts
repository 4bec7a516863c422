import { parseHost } from '../../../../lib/model/host/parse_host';

const address = (local: string, scope = 'global') => ({ local, prefixlen: 24, scope });
const bridge = { ifname: 'br0', linkinfo: { info_kind: 'bridge' } };
const vlan = (ifname: string, link: string, id: number) => ({
  ifname,
  link,
  linkinfo: { info_kind: 'vlan', info_data: { id } },
});
const parse = (...links: object[]) =>
  parseHost('[]', JSON.stringify(links)).addresses.map(({ dev, bridge: of, tag, address: text }) => [
    dev,
    of,
    tag?.vid ?? null,
    text,
  ]);

test('of the bridge, of VLAN interfaces on it, and of what sits on those', () => {
  expect(
    parse(
      { ifname: 'eth0', addr_info: [address('198.51.100.1')] },
      { ...bridge, addr_info: [address('192.0.2.1'), address('fe80::1', 'link')] },
      { ...vlan('br0.200', 'br0', 200), addr_info: [address('192.0.2.2')] },
      { ...vlan('br0.200.5', 'br0.200', 5), addr_info: [address('192.0.2.3')] },
      {
        ifname: 'mac0',
        link: 'br0.200',
        linkinfo: { info_kind: 'macvlan' },
        addr_info: [address('192.0.2.4')],
      },
      { ...vlan('eth0.7', 'eth0', 7), addr_info: [address('192.0.2.5')] },
    ),
  ).toEqual([
    ['br0', 'br0', null, '192.0.2.1/24'],
    ['br0.200', 'br0', 200, '192.0.2.2/24'],
    ['br0.200.5', 'br0', 200, '192.0.2.3/24'],
    ['mac0', 'br0', 200, '192.0.2.4/24'],
  ]);
});

test('the protocol of a VLAN interface', () => {
  const provider = { ...vlan('br0.7', 'br0', 7), addr_info: [address('192.0.2.1')] };
  provider.linkinfo.info_data = { id: 7, protocol: '802.1ad' } as { id: number };
  const { addresses } = parseHost('[]', JSON.stringify([bridge, provider]));
  expect(addresses).toMatchObject([{ tag: { vid: 7, protocol: '802.1ad' } }]);
});

test('nonsense', () => {
  expect(() => parseHost('[]', 'no JSON')).toThrow('ip -j -d addr show');
});
