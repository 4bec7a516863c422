import { findMentions, mentionsIn } from '../../../../lib/network/bridge/mentions';
import { failed } from '../../fake_host/exec_results';
import { FakeHost } from '../../fake_host/fake_host';

const lines = (text: string): string[] =>
  mentionsIn('f', text, 'eth0', 'br0').map(({ line, text: found }) => `${line} ${found}`);

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
  expect(mentionsIn('f', 'bond0x100 bond0.100', 'bond0.100', 'br0')).toHaveLength(1);
  expect(mentionsIn('f', 'bond0x100', 'bond0.100', 'br0')).toEqual([]);
});

test('patterns that match the interface, and not the one that takes over', () => {
  expect(
    lines(
      'iifname "eth*" accept\n-A INPUT -i eth+ -j ACCEPT\n-A INPUT -i en+ -j ACCEPT\niifname "e*" drop\n',
    ),
  ).toEqual(['1 iifname "eth*" accept', '2 -A INPUT -i eth+ -j ACCEPT']);
  expect(mentionsIn('f', 'iifname "br*" accept\n', 'br0', 'br1')).toEqual([]);
});

test('files, rules and sockets; all lines of a file', async () => {
  const rules = Array.from({ length: 20 }, (_, port) => `iifname "eth0" tcp dport ${port} accept`);
  const host = new FakeHost({
    files: {
      '/etc/nftables.conf': rules.join('\n'),
      '/etc/libvirt/qemu/db1.xml': "<source dev='eth0' mode='bridge'/>\n",
      '/etc/ufw/user.rules': null,
    },
    commands: {
      'ss -Hltun': 'udp UNCONN 0 0 192.0.2.10%eth0:68 0.0.0.0:*\nudp UNCONN 0 0 0.0.0.0%eth0:67 0.0.0.0:*\n',
      'nft -t list ruleset': failed({ kind: 'exit', status: 1 }, 'you must be root'),
    },
  });
  const { mentions, unread } = await findMentions(
    { files: host.networkFiles(), exec: host.exec },
    'eth0',
    'br0',
  );
  expect(mentions.filter(({ where }) => where === '/etc/nftables.conf')).toHaveLength(20);
  expect(mentions.filter(({ where }) => where === 'ss -Hltun').map(({ text }) => text)).toEqual([
    'udp UNCONN 0 0 0.0.0.0%eth0:67 0.0.0.0:*',
  ]);
  expect(mentions.some(({ where }) => where === '/etc/libvirt/qemu/db1.xml')).toBe(true);
  // iptables-save is not installed here.
  expect(unread).toEqual(['/etc/ufw/user.rules', 'nft -t list ruleset']);
});
