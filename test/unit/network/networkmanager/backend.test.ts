import type { NetAddress, NetLink } from '../../../../lib/model/network/host_network';
import { toVid } from '../../../../lib/model/vlan/vid';
import type { BridgeRequest, Rendered } from '../../../../lib/network/backend';
import { networkManagerBackend } from '../../../../lib/network/networkmanager/backend';
import { getValue, parseKeyfile } from '../../../../lib/network/networkmanager/keyfile';
import { LIST_PROFILES } from '../../../../lib/network/networkmanager/stored_profile';
import { FakeHost } from '../../fake_host/fake_host';
import { plainVlans } from '../plain_vlans';

const MAC = '52:54:00:aa:bb:cc';
const UUID = '11111111-1111-4111-8111-111111111111';
const ETC = '/etc/NetworkManager/system-connections';
const RUN = '/run/NetworkManager/system-connections';
const LAN = `${ETC}/lan.nmconnection`;
const LIST = ['nmcli', ...LIST_PROFILES].join(' ');

interface Setup {
  readonly file?: string;
  readonly connection?: string;
  readonly sections?: string;
  readonly config?: string;
  readonly version?: string;
  /** Other profiles: uuid, device, file, text. */
  readonly more?: readonly (readonly [string, string, string, string])[];
  readonly files?: Record<string, string>;
}

/** A host whose eth0 uses a profile. */
function hostWith({
  file = LAN,
  connection = '',
  sections = '',
  config = '',
  version = 'nmcli tool, version 1.42.4\n',
  more = [],
  files = {},
}: Setup): FakeHost {
  const head = `[connection]\nid=lan\nuuid=${UUID}\ntype=ethernet\ninterface-name=eth0\n${connection}`;
  const list = [
    `${UUID}:eth0:${file}`,
    ...more.map(([uuid, device, path]) => `${uuid}:${device}:${path}`),
    '',
  ];
  return new FakeHost({
    files: {
      [file]: sections === '' ? head : `${head}\n${sections}`,
      ...Object.fromEntries(more.map(([, , path, text]) => [path, text])),
      '/sys/class/net/eth0/ifindex': '3\n',
      '/run/NetworkManager/devices/3': '[device]\nmanaged=true\nroute-metric-default-effective=101\n',
      ...files,
    },
    commands: {
      [LIST]: list.join('\n'),
      [`${LIST} --active`]: list.join('\n'),
      'NetworkManager --print-config': config,
      'nmcli --version': version,
    },
  });
}

const ioOf = (host: FakeHost) => ({ files: host.networkFiles(), exec: host.exec });

function requestWith(port: Partial<NetLink> = {}, vlans: readonly string[] = []): BridgeRequest {
  const [pvid, vid] = [toVid(1), toVid(200)];
  if (pvid === null || vid === null) throw new Error('these are VLAN IDs');
  const eth0: NetLink = {
    ...{ name: 'eth0', index: 3, kind: null, master: null, portKind: null, below: null, mac: MAC },
    ...{ permanentMac: MAC, mtu: 1500, isUp: true, hasCarrier: true, type: 'ether', vlan: null },
    ...{ hasXdp: false, addrGenMode: 'none', addresses: [], ...port },
  };
  const network = { links: new Map(), routes: [], rules: [], linkDns: new Map(), resolvConf: null };
  const moved = vlans.map((name) => ({ name, vid }));
  return { bridge: 'br0', port: eth0, vlans: moved, bridgeVlans: plainVlans(moved), network };
}

async function rendered(setup: Setup, request = requestWith()): Promise<Rendered> {
  const host = hostWith(setup);
  return networkManagerBackend.render(await networkManagerBackend.snapshot(ioOf(host), 'eth0'), request);
}

/** The profiles that are tried, by their names. */
async function tried(setup: Setup, request = requestWith()) {
  const { change, problems } = await rendered(setup, request);
  const of = (name: string) =>
    parseKeyfile(change?.trial.find(({ path }) => path === `${RUN}/${name}.nmconnection`)?.text ?? '');
  return { bridge: of('kvmvlan-br0'), port: of('kvmvlan-br0-eth0'), change, problems };
}

function address6(address: string, more: Partial<NetAddress> = {}): NetAddress {
  return {
    ...{ address, family: 6, scope: 'global', isDynamic: true, isTemporary: false, isUnusable: false },
    ...more,
  };
}

const local = (address: string) => address6(address, { scope: 'link', isDynamic: false });

describe('detect', () => {
  const detect = (setup: Setup, port = 'eth0') => networkManagerBackend.detect(ioOf(hostWith(setup)), port);

  test('gives the file of the active profile', async () => expect(await detect({})).toBe(LAN));

  test('a colon in a file name is no separator', async () =>
    expect(await detect({ file: `${ETC}/a:b.nmconnection` })).toBe(`${ETC}/a:b.nmconnection`));

  test('is null if netplan wrote it', async () =>
    expect(await detect({ file: `${RUN}/netplan-eth0.nmconnection` })).toBeNull());

  test('is null if another program configured the interface', async () =>
    expect(
      await detect({ file: `${RUN}/eth0.nmconnection`, sections: '[.nmmeta]\nexternal=true\n' }),
    ).toBeNull());

  test('is null for another interface', async () => expect(await detect({}, 'eth1')).toBeNull());

  test('is null if there is no nmcli, or NetworkManager does not run', async () =>
    expect(await networkManagerBackend.detect(ioOf(new FakeHost()), 'eth0')).toBeNull());
});

test('an interface without a profile is an error of snapshot', async () => {
  await expect(networkManagerBackend.snapshot(ioOf(hostWith({})), 'eth1')).rejects.toThrow(
    'NetworkManager uses no profile for eth1',
  );
  await expect(networkManagerBackend.snapshot(ioOf(new FakeHost()), 'eth0')).rejects.toThrow(
    'nmcli does not list the profiles',
  );
});

describe('what is refused', () => {
  const vlan = (file: string, text = '[connection]\ntype=vlan\n') =>
    ['22222222-2222-4222-8222-222222222222', 'eth0.200', file, text] as const;

  test.each<[string, Setup, BridgeRequest?]>([
    ['a file of ifcfg', { file: '/etc/sysconfig/network-scripts/ifcfg-eth0' }],
    ['802.1X', { sections: '[802-1x]\neap=tls\n' }],
    ['another type', { connection: 'type=infiniband\n' }],
    ['a bond that is not saved', { file: `${RUN}/lan.nmconnection`, connection: 'type=bond\n' }],
    ['a VLAN without a profile', {}, requestWith({}, ['eth0.200'])],
    ['a VLAN of netplan', { more: [vlan(`${RUN}/netplan-v.nmconnection`)] }, requestWith({}, ['eth0.200'])],
    ['a VLAN that is not saved', { more: [vlan(`${RUN}/v.nmconnection`)] }, requestWith({}, ['eth0.200'])],
    [
      'a profile for the bridge',
      {
        more: [
          ['33333333-3333-4333-8333-333333333333', '', `${ETC}/x`, '[connection]\ninterface-name=br0\n'],
        ],
      },
    ],
    ['a bridge that is left alone', { config: '[keyfile]\nunmanaged-devices=*,except:type:ethernet\n' }],
    [
      'a port of a bridge of this name that is gone',
      { more: [['33333333-3333-4333-8333-333333333333', '', `${ETC}/x`, '[connection]\nmaster=br0\n']] },
    ],
    [
      'the file name of another profile',
      { file: `${RUN}/lan.nmconnection`, files: { [LAN]: '[connection]\nuuid=another\n' } },
    ],
    ['a stanza of the port', { files: { '/etc/network/interfaces': 'iface eth0 inet dhcp\n' } }],
    ['a stanza of the bridge', { files: { '/etc/network/interfaces': 'iface br0 inet dhcp\n' } }],
    ['an old version', { version: 'nmcli tool, version 1.18.4\n' }],
    ['a kind that is left alone', { config: '[device-1]\nmatch-device=type:bridge\nmanaged=0\n' }],
  ])('%s', async (_what, setup, request = requestWith()) => {
    const { change, problems } = await rendered(setup, request);
    expect(change).toBeNull();
    expect(problems.map(({ level, code }) => `${level} ${code}`)).toEqual(['error bridge-refused']);
  });

  test('ifcfg with the command that converts it', async () => {
    const { problems } = await rendered({ file: '/etc/sysconfig/network-scripts/ifcfg-eth0' });
    expect(problems[0]?.hint).toContain(`nmcli connection migrate ${UUID}`);
  });
});

describe('what is said before', () => {
  test.each<[string, Setup, BridgeRequest?]>([
    ['a profile that is not activated at boot', { connection: 'autoconnect=false\n' }],
    [
      'a VLAN that is not active',
      {
        more: [
          [
            '22222222-2222-4222-8222-222222222222',
            '',
            `${ETC}/v`,
            `[connection]\ntype=vlan\n[vlan]\nparent=${UUID}\n`,
          ],
        ],
      },
    ],
    [
      'defaults for the port',
      { config: '[connection-x]\nmatch-device=interface-name:eth0\nipv6.ip6-privacy=2\n' },
    ],
    ['an unknown identity for DHCP', { sections: '[ipv4]\nmethod=auto\ndhcp-client-id=stable\n' }],
    [
      'temporary addresses',
      {},
      requestWith({ addresses: [address6('2001:db8::1/64', { isTemporary: true })] }),
    ],
    [
      'a link-local address that no profile can set',
      { sections: '[ipv6]\nmethod=link-local\naddr-gen-mode=stable-privacy\n' },
      requestWith({ addresses: [local('fe80::1:2:3:4/64')] }),
    ],
  ])('%s', async (_what, setup, request = requestWith()) => {
    const { change, problems } = await rendered(setup, request);
    expect(change).not.toBeNull();
    expect(problems.map(({ level, code }) => `${level} ${code}`)).toEqual(['warning bridge-cannot-keep']);
  });

  test('nothing of defaults that the bridge gets too', async () => {
    const config = '[connection]\nipv6.ip6-privacy=2\n[connection-x]\nmatch-device=*\n';
    expect((await rendered({ config })).problems).toEqual([]);
  });
});

describe('the profiles', () => {
  test('keys that nobody knows go where their section goes', async () => {
    const sections = '[ipv4]\nfuture=1\n# why\n\n[link]\nnew=2\n\n[odd]\nkey=3\n';
    const { bridge, port } = await tried({ sections, connection: 'zone=dmz\nlldp=1\nunknown=4\n' });
    expect(getValue(bridge, 'ipv4', 'future')).toBe('1');
    expect(bridge.find(({ name }) => name === 'ipv4')?.lines).toContain('# why');
    expect(getValue(bridge, 'connection', 'zone')).toBe('dmz');
    expect(getValue(bridge, 'connection', 'unknown')).toBe('4');
    expect(getValue(port, 'connection', 'lldp')).toBe('1');
    expect(getValue(port, 'link', 'new')).toBe('2');
    expect(getValue(port, 'odd', 'key')).toBe('3');
    expect(bridge.some(({ name }) => ['link', 'odd'].includes(name))).toBe(false);
  });

  test('the metric is that of the port, unless the profile has one', async () => {
    const { bridge } = await tried({
      sections: '[ipv4]\nmethod=auto\nroute-metric=5\n[ipv6]\nmethod=auto\n',
    });
    expect(getValue(bridge, 'ipv4', 'route-metric')).toBe('5');
    expect(getValue(bridge, 'ipv6', 'route-metric')).toBe('101');
    const { bridge: off } = await tried({ sections: '[ipv6]\nmethod=disabled\n' });
    expect(getValue(off, 'ipv6', 'route-metric')).toBeNull();
    // Without a section, NetworkManager uses DHCP.
    expect(getValue(off, 'ipv4', 'method')).toBe('auto');
  });

  test('an MTU of DHCP, and a MAC address that is computed, stay', async () => {
    const { bridge, port } = await tried(
      { sections: '[ethernet]\ncloned-mac-address=stable\n' },
      requestWith({ mtu: 9000, mac: '02:00:00:00:00:01' }),
    );
    expect([getValue(bridge, 'ethernet', 'mtu'), getValue(port, 'ethernet', 'mtu')]).toEqual([
      '9000',
      '9000',
    ]);
    expect(getValue(bridge, 'ethernet', 'cloned-mac-address')).toBe('02:00:00:00:00:01');
    expect(getValue(port, 'ethernet', 'cloned-mac-address')).toBe('02:00:00:00:00:01');
  });

  test('a MAC address that somebody set by another program stays', async () => {
    const { port } = await tried({}, requestWith({ mac: '02:00:00:00:00:01' }));
    expect(getValue(port, 'ethernet', 'cloned-mac-address')).toBe('02:00:00:00:00:01');
    expect(getValue((await tried({})).port, 'ethernet', 'cloned-mac-address')).toBeNull();
  });

  test('rules name the bridge', async () => {
    const rule = 'routing-rule1=priority 5 from 0.0.0.0/0 iif eth0 table 9';
    const { bridge } = await tried({
      sections: `[ipv4]\n${rule}\nrouting-rule2=priority 6 iif eth01 table 9\n`,
    });
    expect(getValue(bridge, 'ipv4', 'routing-rule1')).toContain(' iif br0 ');
    expect(getValue(bridge, 'ipv4', 'routing-rule2')).toContain(' iif eth01 ');
  });

  test('a VLAN keeps its name and gets another parent', async () => {
    const file = `${ETC}/v.nmconnection`;
    const uuid = '22222222-2222-4222-8222-222222222222';
    const text = '[connection]\nid=v\ntype=vlan\n[vlan]\nid=200\n[ethernet]\nmac-address=52:54:00:AA:BB:CC\n';
    const { change } = await tried({ more: [[uuid, 'eth0.200', file, text]] }, requestWith({}, ['eth0.200']));
    const kept = change?.kept.find(({ path }) => path === file);
    const keyfile = parseKeyfile(kept?.text ?? '');
    expect(kept?.was).toBe(text);
    expect(getValue(keyfile, 'connection', 'uuid')).toBe(uuid);
    expect(getValue(keyfile, 'connection', 'interface-name')).toBe('eth0.200');
    expect(getValue(keyfile, 'vlan', 'parent')).toBe('br0');
    expect(getValue(keyfile, 'ethernet', 'mac-address')).toBeNull();
  });
});

describe('the former profile', () => {
  const former = async (setup: Setup) =>
    (await rendered(setup)).change?.kept.find(({ path }) => path.endsWith('/lan.nmconnection'));

  test('is not activated any more', async () => {
    const { was, text } = (await former({})) ?? {};
    expect(was).toContain('id=lan');
    expect(text).toBe(was?.replace('interface-name=eth0\n', 'interface-name=eth0\nautoconnect=false\n'));
  });

  test('is saved if it was only in memory', async () => {
    const found = await former({
      file: `${RUN}/lan.nmconnection`,
      sections: '[.nmmeta]\nnm-generated=true\n',
    });
    expect(found).toMatchObject({ path: LAN, was: null });
    expect(found?.text).not.toContain('nmmeta');
  });

  test('is the one in /etc if one in /run hides it', async () => {
    const saved = `[connection]\nid=saved\nuuid=${UUID}\n`;
    const found = await former({ file: `${RUN}/lan.nmconnection`, files: { [LAN]: saved } });
    expect(found).toMatchObject({ was: saved });
    expect(found?.text).toContain('id=saved');
  });

  test('is left alone if other interfaces can use it', async () =>
    expect(await former({ connection: 'interface-name=\n' })).toBeUndefined());

  test('another one does not outrank that of the port either', async () => {
    const rival = (more: string, priority: number): Setup => ({
      more: [
        [
          '22222222-2222-4222-8222-222222222222',
          '',
          `${ETC}/office`,
          `[connection]\ntype=ethernet\nautoconnect-priority=${priority}\n${more}`,
        ],
      ],
    });
    const priority = async (setup: Setup) =>
      getValue((await tried(setup)).port, 'connection', 'autoconnect-priority');
    expect(await priority(rival('', 50))).toBe('51');
    expect(await priority(rival('interface-name=eth0\n', 50))).toBe('51');
    expect(await priority(rival('interface-name=eth1\n', 50))).toBe('1');
    expect(await priority(rival('autoconnect=false\n', 50))).toBe('1');
    expect((await rendered(rival('', 999))).problems.map(({ code }) => code)).toEqual(['bridge-cannot-keep']);
  });

  test('by the MAC address only also finds a port that is renamed', async () => {
    const name = async (sections: string) =>
      getValue(
        (await tried({ connection: 'interface-name=\n', sections })).port,
        'connection',
        'interface-name',
      );
    expect(await name('[ethernet]\nmac-address=52:54:00:AA:BB:CC\n')).toBeNull();
    expect(await name('')).toBe('eth0');
  });

  test('does not outrank that of the port', async () => {
    const priority = async (connection: string) =>
      getValue((await tried({ connection })).port, 'connection', 'autoconnect-priority');
    expect(await priority('')).toBe('1');
    expect(await priority('autoconnect-priority=-999\n')).toBe('1');
    expect(await priority('autoconnect-priority=7\n')).toBe('8');
    expect(await priority('autoconnect-priority=999\n')).toBe('999');
  });
});

describe('generated IPv6 addresses', () => {
  const ipv6 = async (addresses: NetAddress[], sections = '[ipv6]\nmethod=auto\n') => {
    const { bridge, problems } = await tried({ sections }, requestWith({ addresses }));
    const value = (key: string) => getValue(bridge, 'ipv6', key);
    return { mode: value('addr-gen-mode'), token: value('token'), extra: value('address1'), problems };
  };

  test('from the MAC address', async () =>
    expect(
      await ipv6([address6('2001:db8::5054:ff:feaa:bbcc/64'), local('fe80::5054:ff:feaa:bbcc/64')]),
    ).toEqual({ mode: 'eui64', token: null, extra: null, problems: [] }));

  test('others by a token, and the link-local address as a static one', async () =>
    expect(await ipv6([address6('2001:db8::1:2:3:4/64'), local('fe80::5:6:7:8/64')])).toEqual({
      ...{ mode: 'eui64', token: '::1:2:3:4', extra: 'fe80::5:6:7:8/64', problems: [] },
    }));

  test('one of a site becomes static if it differs from one of the Internet', async () => {
    const found = await ipv6([address6('fd00::9:9:9:9/64'), address6('2001:db8::1:2:3:4/64')]);
    expect(found).toMatchObject({ token: '::1:2:3:4', extra: 'fd00::9:9:9:9/64' });
    expect(found.problems.map(({ code }) => code)).toEqual(['bridge-cannot-keep']);
  });

  test('addresses of DHCPv6 do not count', async () =>
    expect(await ipv6([address6('2001:db8::d:1/128')])).toEqual({
      ...{ mode: null, token: null, extra: null, problems: [] },
    }));

  test('a new static address comes after those of the profile', async () => {
    const sections = '[ipv6]\nmethod=manual\naddr-gen-mode=stable-privacy\naddress1=2001:db8::1/64\n';
    const { bridge } = await tried({ sections }, requestWith({ addresses: [local('fe80::1:2:3:4/64')] }));
    expect(getValue(bridge, 'ipv6', 'address2')).toBe('fe80::1:2:3:4/64');
    expect(getValue(bridge, 'ipv6', 'addr-gen-mode')).toBe('stable-privacy');
  });
});
