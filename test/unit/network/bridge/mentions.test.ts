import { mentionsIn } from '../../../../lib/network/bridge/mentions';

const lines = (text: string): string[] =>
  mentionsIn('f', text, 'eth0').map(({ line, text: found }) => `${line} ${found}`);

test('lines of real configurations that name the interface', () => {
  expect(
    lines('table inet filter {\n\tchain input {\n\t\tiifname "eth0" tcp dport 22 accept\n\t}\n}\n'),
  ).toEqual(['3 iifname "eth0" tcp dport 22 accept']);
  expect(
    lines('-A INPUT -i eth0 -p tcp -j ACCEPT\n-A INPUT -i eth0.200 -j ACCEPT\n-A INPUT -i veth0 -j DROP\n'),
  ).toEqual(['1 -A INPUT -i eth0 -p tcp -j ACCEPT']);
  expect(lines('net.ipv4.conf.eth0.rp_filter = 0\nnet.ipv4.conf.eth0/200.rp_filter = 0\n')).toContain(
    '1 net.ipv4.conf.eth0.rp_filter = 0',
  );
  expect(lines('INTERFACESv4="eth0"\n# interface eth0\ninterface=eth01\n')).toEqual([
    '1 INTERFACESv4="eth0"',
  ]);
  expect(lines("<forward mode='nat' dev='eth0'/>\n  <interface name=\"eth0\"/>\n")).toHaveLength(2);
});

test('a name with special characters is only itself', () => {
  expect(mentionsIn('f', 'bond0x100 bond0.100', 'bond0.100')).toHaveLength(1);
  expect(mentionsIn('f', 'bond0x100', 'bond0.100')).toEqual([]);
});
