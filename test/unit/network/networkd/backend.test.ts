import type { NetLink } from '../../../../lib/model/network/host_network';
import type { NetworkChange } from '../../../../lib/model/network/network_change';
import type { BridgeRequest } from '../../../../lib/network/backend';
import { networkdBackend } from '../../../../lib/network/networkd/networkd_backend';
import { toVid } from '../../../../lib/model/vlan/vid';
import { FakeHost } from '../../fake_host/fake_host';
import { expectGolden } from '../../golden';
import { inWords } from '../change_in_words';
import { join } from 'node:path';
import { plainVlans } from '../plain_vlans';

const MAC = '52:54:00:aa:bb:cc';
const OLD = '/etc/systemd/network/20-eth0.network';
const STATE = `ADMIN_STATE=configured\nNETWORK_FILE=${OLD}\n`;

const eth0: NetLink = {
  ...{
    name: 'eth0',
    index: 2,
    kind: null,
    master: null,
    portKind: null,
    below: null,
    mac: MAC,
    permanentMac: null,
  },
  ...{
    mtu: 1500,
    isUp: true,
    hasCarrier: true,
    type: 'ether',
    vlan: null,
    hasXdp: false,
    addrGenMode: 'eui64',
  },
  addresses: [],
};

function address(
  text: string,
  more: { isTemporary?: boolean; scope?: string } = {},
): NetLink['addresses'][number] {
  const { isTemporary = false, scope = 'global' } = more;
  return { address: text, family: 6, scope, isDynamic: scope === 'global', isTemporary, isUnusable: false };
}

/** A host whose eth0 is configured by a file with these sections. */
function hostWith(
  sections: string,
  more: Record<string, string> = {},
  commands: Record<string, string> = {},
): FakeHost {
  const files = {
    [OLD]: `[Match]\nName=eth0\n\n${sections}`,
    '/run/systemd/units/invocation:systemd-networkd.service': '',
    '/sys/class/net/eth0/ifindex': '2\n',
    '/run/systemd/netif/links/2': STATE,
    ...more,
  };
  return new FakeHost({ files, commands });
}

const ioOf = (host: FakeHost) => ({ files: host.networkFiles(), exec: host.exec });

function requestWith(port: Partial<NetLink> = {}, vlans: BridgeRequest['vlans'] = []): BridgeRequest {
  const pvid = toVid(1);
  if (pvid === null) throw new Error('1 is a VLAN ID');
  const network = { links: new Map(), routes: [], rules: [], linkDns: new Map(), resolvConf: null };
  return { bridge: 'br0', port: { ...eth0, ...port }, vlans, bridgeVlans: plainVlans(vlans), network };
}

async function rendered(host: FakeHost, request = requestWith()) {
  return networkdBackend.render(await networkdBackend.snapshot(ioOf(host), 'eth0'), request);
}

/** The text of one of the rendered files. */
function fileOf(change: NetworkChange | null, end: string): string {
  return change?.trial.find(({ path }) => path.endsWith(end))?.text ?? '';
}

describe('detect', () => {
  const detect = (more: Record<string, string>, sections = '[Network]\nDHCP=yes\n') =>
    networkdBackend.detect(ioOf(hostWith(sections, more)), 'eth0');

  test('gives the file in effect', async () => expect(await detect({})).toBe(OLD));

  test.each([
    [
      'netplan wrote it',
      'ADMIN_STATE=configured\nNETWORK_FILE=/run/systemd/network/10-netplan-eth0.network\n',
    ],
    ['another program manages the interface', 'ADMIN_STATE=unmanaged\n'],
    ['the interface is not configured', 'ADMIN_STATE=pending\n'],
  ])('is null if %s', async (_why, state) =>
    expect(await detect({ '/run/systemd/netif/links/2': state })).toBeNull(),
  );

  test('is null if the service does not run', async () => {
    const host = hostWith('[Network]\nDHCP=yes\n');
    delete host.files['/run/systemd/units/invocation:systemd-networkd.service'];
    expect(await networkdBackend.detect(ioOf(host), 'eth0')).toBeNull();
  });

  test('a file that is gone is an error of snapshot', async () => {
    const host = hostWith('[Network]\nDHCP=yes\n');
    delete host.files[OLD];
    await expect(networkdBackend.snapshot(ioOf(host), 'eth0')).rejects.toThrow(
      `by ${OLD}, which cannot be read`,
    );
  });
});

describe('what is refused', () => {
  const codes = async (host: FakeHost, request = requestWith()): Promise<string[]> => {
    const { change, problems } = await rendered(host, request);
    expect(change).toBeNull();
    return problems.map(({ level, code }) => `${level} ${code}`);
  };

  test.each(['VRF=blue', 'MACVLAN=mv0', 'VXLAN=vx0', 'Bond=bond0', 'Bridge=br1'])('%s', async (entry) =>
    expect(await codes(hostWith(`[Network]\n${entry}\n`))).toEqual(['error bridge-refused']),
  );

  test('a VLAN interface that the file does not name', async () => {
    const vid = toVid(200);
    if (vid === null) throw new Error('200 is a VLAN ID');
    const request = requestWith({}, [{ name: 'eth0.200', vid }]);
    expect(await codes(hostWith('[Network]\nVLAN=eth0.300\n'), request)).toEqual(['error bridge-refused']);
  });

  test.each([
    ['10-br0.netdev', '[NetDev]\nName=br0\nKind=bridge\n'],
    ['10-br0.network', '[Match]\nName=br1 br0\n\n[Network]\nDHCP=yes\n'],
  ])('a name that %s has', async (name, text) =>
    expect(await codes(hostWith('', { [`/etc/systemd/network/${name}`]: text }))).toEqual([
      'error bridge-refused',
    ]),
  );

  test('a file before which none of ours can sort', async () => {
    const file = '/etc/systemd/network/0-all.network';
    const host = hostWith('', { [file]: '[Match]\nName=e*\n\n[Network]\nDHCP=no\n' });
    host.files['/run/systemd/netif/links/2'] = `ADMIN_STATE=configured\nNETWORK_FILE=${file}\n`;
    expect(await codes(host)).toEqual(['error bridge-refused']);
  });
});

test('our files sort before those that match the bridge or its port, and no others', async () => {
  const other = { '/etc/systemd/network/0-lan.network': '[Match]\nName=lan0\n\n[Network]\nDHCP=yes\n' };
  const { change } = await rendered(hostWith('', other));
  expect(change?.trial[0]?.path).toBe('/run/systemd/network/05-kvmvlan-br0.netdev');
  const early = { '/etc/systemd/network/03-all.network': '[Match]\nName=e*\n\n[Network]\nDHCP=yes\n' };
  const { change: before } = await rendered(hostWith('', early));
  expect(before?.trial[0]?.path).toBe('/run/systemd/network/00-kvmvlan-br0.netdev');
});

test('our files sort before the one in effect, also if it matches another name of the port', async () => {
  const file = '/etc/systemd/network/03-nic.network';
  const host = hostWith('', { [file]: '[Match]\nName=enp1s0\n\n[Network]\nDHCP=yes\n' });
  host.files['/run/systemd/netif/links/2'] = `ADMIN_STATE=configured\nNETWORK_FILE=${file}\n`;
  const request = requestWith({ altNames: ['ens1', 'enp1s0'] });
  expect((await rendered(host, request)).change?.trial[0]?.path).toBe(
    '/run/systemd/network/00-kvmvlan-br0.netdev',
  );
});

describe('when the host is online', () => {
  const linkOf = async (sections: string, file: string): Promise<string[]> =>
    fileOf((await rendered(hostWith(sections))).change, file).match(/^RequiredForOnline=.*/gm) ?? [];

  test.each([
    ['', [], []],
    ['RequiredForOnline=no', ['RequiredForOnline=no'], ['RequiredForOnline=no']],
    ['RequiredForOnline=routable', ['RequiredForOnline=routable'], []],
    ['ActivationPolicy=manual', ['RequiredForOnline=no'], []],
    ['ActivationPolicy=bound', [], []],
    ['ActivationPolicy=down\nRequiredForOnline=yes', ['RequiredForOnline=yes'], []],
  ])('with %j', async (link, ofBridge, ofPort) => {
    expect(await linkOf(`[Link]\n${link}\n`, 'br0.network')).toEqual(ofBridge);
    expect(await linkOf(`[Link]\n${link}\n`, 'eth0.network')).toEqual(ofPort);
  });
});

describe('what moves', () => {
  test('a setting about the carrier is not weakened', async () => {
    const carrier = async (entry: string) =>
      fileOf((await rendered(hostWith(`[Network]\n${entry}\n`))).change, 'br0.network').match(
        /^IgnoreCarrierLoss=.*/gm,
      );
    expect(await carrier('DHCP=yes')).toEqual(['IgnoreCarrierLoss=10s']);
    expect(await carrier('IgnoreCarrierLoss=no')).toEqual(['IgnoreCarrierLoss=no']);
    expect(await carrier('ConfigureWithoutCarrier=yes')).toBeNull();
    expect(await carrier('ConfigureWithoutCarrier=no')).toEqual(['IgnoreCarrierLoss=10s']);
  });

  test('a next hop through the port is one through the bridge', async () => {
    const { change } = await rendered(
      hostWith('[Route]\nMultiPathRoute=192.0.2.1@eth0 20\nMultiPathRoute=192.0.2.2@eth01\n'),
    );
    const text = fileOf(change, 'br0.network');
    expect(text).toContain('MultiPathRoute=192.0.2.1@br0 20\nMultiPathRoute=192.0.2.2@eth01\n');
  });

  test('keys about addresses and unknown ones to the bridge, keys about the link stay', async () => {
    const { change } = await rendered(
      hostWith(
        '[Link]\nMACAddress=52:54:00:aa:bb:cc\nRequiredForOnline=no\nGroup=7\nActivationPolicy=up\n\n' +
          '[Network]\n# by the rack\nDNS=fe80::1%eth0 192.0.2.53\nKeepMaster=yes\nEmitLLDP=yes\nNew=1\n\n' +
          '[NewSection]\nKey=eth0\n\n[CAKE]\nBandwidth=1G\n\n[Bridge]\nCost=5\n',
      ),
    );
    expectGolden(join(__dirname, 'golden', 'moved.txt'), inWords({ change, problems: [] }));
  });

  test('an IAID that the file sets is not set again', async () => {
    const lease = { '/run/systemd/netif/leases/2': 'CLIENTID=ff0000000700020000ab11\n' };
    const pinned = hostWith('[Network]\nDHCP=ipv4\n\n[DHCPv4]\nIAID=7\n', lease);
    expect(fileOf((await rendered(pinned)).change, 'br0.network').match(/IAID/g)).toHaveLength(1);
    const derived = hostWith('[Network]\nDHCP=ipv4\n', lease);
    expect(fileOf((await rendered(derived)).change, 'br0.network')).toContain('[DHCPv4]\nIAID=7\n');
  });

  test('DHCP without a lease cannot be pinned', async () => {
    const problems = async (sections: string) =>
      (await rendered(hostWith(sections))).problems.map(({ level, code }) => `${level} ${code}`);
    expect(await problems('[Network]\nDHCP=yes\n')).toEqual(['warning bridge-cannot-keep']);
    expect(await problems('[Network]\nDHCP=yes\n\n[DHCPv4]\nClientIdentifier=mac\n')).toEqual([]);
    expect(await problems('[Network]\nDHCP=ipv6\n')).toEqual([]);
  });
});

describe('a [BridgeVLAN] section that does not have the VLANs of guests', () => {
  const vid = toVid(200);
  const vlans = vid === null ? [] : [{ name: 'eth0.200', vid }];
  const codes = async (version: string, isAuto: boolean, of = vlans) => {
    const request = requestWith({}, of);
    const host = hostWith('[Network]\nVLAN=eth0.200\n', {}, { 'networkctl --version': version });
    const asked = { ...request, bridgeVlans: { ...request.bridgeVlans, isAuto } };
    return (await rendered(host, asked)).problems.map(({ level, code }) => `${level} ${code}`);
  };

  test('is reported where systemd-networkd removes what it does not list', async () => {
    expect(await codes('systemd 257 (257.13-1)\n', true)).toEqual(['warning bridge-cannot-keep']);
    expect(await codes('', true)).toEqual(['warning bridge-cannot-keep']);
    expect(await codes('systemd 252 (252.39-1)\n', true)).toEqual([]);
    expect(await codes('systemd 257 (257.13-1)\n', false)).toEqual([]);
    expect(await codes('systemd 257 (257.13-1)\n', true, [])).toEqual([]);
  });
});

describe('the interface identifier of SLAAC', () => {
  const RA = '[Network]\nIPv6AcceptRA=yes\n\n[IPv6AcceptRA]\nToken=prefixstable\nUseDNS=no\n';
  const stable = address('2001:db8:1::a1b2:c3d4:e5f6:789/64');
  const tokens = async (addresses: NetLink['addresses'], sections = RA) => {
    const { change, problems } = await rendered(hostWith(sections), requestWith({ addresses }));
    const found = fileOf(change, 'br0.network').match(/Token=.*/g) ?? [];
    return [...found, ...problems.map(({ code }) => code)];
  };

  test('made from the name is pinned', async () =>
    expect(await tokens([stable])).toEqual(['Token=static:::a1b2:c3d4:e5f6:789']));

  test('of temporary addresses and of DHCPv6 is left alone', async () => {
    const others = [
      address('2001:db8:1::7777:1:2:3/64', { isTemporary: true }),
      address('2001:db8:1::100/128'),
    ];
    expect(await tokens([stable, ...others])).toEqual(['Token=static:::a1b2:c3d4:e5f6:789']);
    expect(await tokens(others)).toEqual(['Token=prefixstable']);
  });

  test('made from the MAC address or fixed needs nothing', async () => {
    const fromMac = address('2001:db8:1:0:5054:ff:feaa:bbcc/64');
    expect(await tokens([fromMac], '[Network]\nIPv6AcceptRA=yes\n')).toEqual([]);
    expect(await tokens([address('2001:db8:1::99/64')], '[IPv6AcceptRA]\nToken=static:::99\n')).toEqual([
      'Token=static:::99',
    ]);
  });

  test('of the setting with its old name is replaced', async () => {
    const { change } = await rendered(
      hostWith('[Network]\nIPv6Token=prefixstable\n'),
      requestWith({ addresses: [stable] }),
    );
    expect(fileOf(change, 'br0.network').match(/.*Token=.*/g)).toEqual(['Token=static:::a1b2:c3d4:e5f6:789']);
  });

  test('that differs between prefixes cannot be pinned', async () =>
    expect(await tokens([stable, address('2001:db8:2::1:2:3:4/64')])).toEqual([
      'Token=prefixstable',
      'bridge-cannot-keep',
    ]));

  test('of the link-local address is made from the MAC address on a bridge', async () => {
    const local = (text: string, sections = '[Network]\nDHCP=no\n') =>
      tokens([address(text, { scope: 'link' })], sections);
    expect(await local('fe80::5054:ff:feaa:bbcc/64')).toEqual([]);
    expect(await local('fe80::1234:5678:9abc:def0/64')).toEqual(['bridge-cannot-keep']);
    expect(await local('fe80::1/64', '[Network]\nAddress=fe80::1/64\n')).toEqual([]);
    expect(await local('fe80::1/64', '[Address]\nAddress=fe80:0::1/64\n')).toEqual([]);
  });
});

test('other files that name the port are reported', async () => {
  const lan = {
    '/etc/systemd/network/30-lan.network':
      '[Match]\nName=lan0\n\n[DHCPPrefixDelegation]\nUplinkInterface=eth0\n',
  };
  const { problems } = await rendered(hostWith('', lan));
  expect(problems.map(({ level, code }) => `${level} ${code}`)).toEqual(['warning bridge-named-elsewhere']);
});

describe('removal', () => {
  const vid = toVid(200);
  const vlans = vid === null ? [] : [{ name: 'eth0.200', vid }];
  const request = requestWith({}, vlans);

  async function whenKept(port: Partial<NetLink> = {}) {
    const host = hostWith('[Network]\nAddress=192.0.2.10/24\nVLAN=eth0.200\n');
    const { change } = await rendered(host, request);
    if (change === null) throw new Error('there is no change');
    for (const { path, text } of change.kept) host.files[path] = text;
    const record = { bridge: 'br0', port: 'eth0', vlans, created: change };
    const links = new Map([
      ['eth0.200', { ...eth0, name: 'eth0.200' }],
      ['eth0', { ...eth0, ...port }],
    ]);
    return {
      host,
      remove: () => networkdBackend.renderRemoval(ioOf(host), record, { ...request.network, links }),
    };
  }

  test('hides our files and then removes them, with drop-ins of kvmvlan', async () => {
    const { host, remove } = await whenKept();
    const folder = '/etc/systemd/network/05-kvmvlan-eth0.network.d';
    host.files[`${folder}/kvmvlan-vlans.conf`] = '[BridgeVLAN]\nVLAN=300\n';
    host.files[`${folder}/mine.conf`] = '[Link]\nGroup=1\n';
    expectGolden(join(__dirname, 'golden', 'removal.txt'), inWords(await remove()));
  });

  test('of files that a person has edited says so', async () => {
    const { host, remove } = await whenKept();
    const file = '/etc/systemd/network/05-kvmvlan-br0.network';
    host.files[file] = '[Match]\nName=br0\n';
    const { change, problems } = await remove();
    expect(problems.map(({ level, code }) => `${level} ${code}`)).toEqual(['warning bridge-cannot-keep']);
    expect(change?.kept.find(({ path }) => path === file)?.was).toBe('[Match]\nName=br0\n');
  });

  test('gives the port the file that matches another name of it', async () => {
    const { host, remove } = await whenKept({ altNames: ['enp1s0'] });
    host.files[OLD] = '[Match]\nName=enp1s0\n\n[Network]\nDHCP=yes\n';
    const { change, problems } = await remove();
    expect(problems).toEqual([]);
    expect(change?.kept.map(({ path, text }) => ({ path, text }))).toEqual(
      ['br0.netdev', 'br0.network', 'eth0.network'].map((name) => ({
        path: `/etc/systemd/network/05-kvmvlan-${name}`,
        text: null,
      })),
    );
  });

  test('is refused if nothing would configure the port', async () => {
    const { host, remove } = await whenKept();
    delete host.files[OLD];
    const { change, problems } = await remove();
    expect(change).toBeNull();
    expect(problems.map(({ level, code }) => `${level} ${code}`)).toEqual(['error bridge-refused']);
  });
});
