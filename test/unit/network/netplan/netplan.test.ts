import fc from 'fast-check';
import { KnownError } from '../../../../lib/model/known_error';
import type { BackendIo } from '../../../../lib/network/backend';
import { findRendering } from '../../../../lib/network/netplan/detect';
import { formatYaml } from '../../../../lib/network/netplan/format_yaml';
import { netplanBackend } from '../../../../lib/network/netplan/netplan_backend';
import { readNetplanFiles } from '../../../../lib/network/netplan/netplan_files';
import { parseYaml } from '../../../../lib/network/netplan/parse_yaml';
import type { Yaml, YamlMap } from '../../../../lib/network/netplan/yaml';
import { FakeHost } from '../../fake_host/fake_host';
import { failed, NOT_FOUND } from '../../fake_host/exec_results';
import { inWords } from './in_words';
import { ioOf, readCase } from './read_case';

const parse = async (text: string): Promise<Yaml | undefined> =>
  (await parseYaml(ioOf({}).exec, new Map([['/x.yaml', text]]))).get('/x.yaml');

describe('YAML', () => {
  test('scalars are read as they are written', async () => {
    expect(
      await parse('a: 52:54:00:12:34:56\nb: yes\nc: 010\nd: "x: y"\ne: &n [1, {f: ~}]\ng: *n\n'),
    ).toEqual({
      a: '52:54:00:12:34:56',
      b: 'yes',
      c: '010',
      d: 'x: y',
      e: ['1', { f: '~' }],
      g: ['1', { f: '~' }],
    });
    expect(await parse('')).toEqual({});
  });

  test('what is written is read again', async () => {
    const { yaml } = fc.letrec<{ yaml: Yaml; map: YamlMap }>((tie) => ({
      yaml: fc.oneof(
        { maxDepth: 3 },
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.constantFrom('yes', '~', '', '1:2', '::1', 'fe80::/10', '- x', '#'),
        ),
        fc.array(tie('yaml'), { maxLength: 3 }),
        tie('map'),
      ),
      map: fc.dictionary(fc.string(), tie('yaml'), { maxKeys: 3, noNullPrototype: true }),
    }));
    // Control characters are in no file of netplan, and one start of Python for all values is quicker.
    const values = fc
      .sample(yaml, { numRuns: 300, seed: 1 })
      .filter((value) => !/\\u00|\\ud[89a-f]|[\x7f-\x9f\ufeff\ufffe\uffff]/.test(JSON.stringify(value)));
    const map = Object.fromEntries(values.map((value, i) => [`k${i}`, value]));
    expect(await parse(formatYaml(map))).toEqual(map);
  });

  test.each([
    ['a: [', /\/x\.yaml: .*line 1/],
    ['a: {b', /\/x\.yaml/],
  ])('%j is reported with its file', async (text, what) => {
    await expect(parse(text)).rejects.toThrow(what);
  });

  test('a file that only root can read is reported', async () => {
    const host = new FakeHost({ files: { '/etc/netplan/10.yaml': null } });
    await expect(readNetplanFiles(host.networkFiles(), host.exec)).rejects.toThrow('/etc/netplan/10.yaml');
  });

  test.each([
    [NOT_FOUND],
    [failed({ kind: 'exit', status: 1 }, "ModuleNotFoundError: No module named 'yaml'\n")],
  ])('without the module of Python, the error names its package', async (result) => {
    const error: unknown = await parseYaml(() => Promise.resolve(result), new Map()).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(KnownError);
    expect((error as KnownError).hint).toContain('apt install python3-yaml');
  });
});

describe('detection', () => {
  const NETWORKD = { '/run/systemd/units/invocation:systemd-networkd.service': '' };
  const STATE = { '/sys/class/net/eth0/ifindex': '2\n' };
  const link = (text: string) => ({ '/run/systemd/netif/links/2': text });
  const ofNetplan = 'ADMIN_STATE=configured\nNETWORK_FILE=/run/systemd/network/10-netplan-lan.network\n';
  const find = (files: Record<string, string>, nmcli = '') => {
    const line = 'nmcli -t -e no -f DEVICE,UUID,FILENAME connection show --active';
    const host = new FakeHost({ files, commands: { [line]: nmcli } });
    return findRendering({ files: host.networkFiles(), exec: host.exec }, 'eth0');
  };

  test('the definition is the one of the file in effect', async () => {
    expect(await find({ ...NETWORKD, ...STATE, ...link(ofNetplan) })).toMatchObject({
      id: 'lan',
      uuid: null,
    });
  });
  test.each([
    ['a service that does not run', { ...STATE, ...link(ofNetplan) }],
    ['an unmanaged interface', { ...NETWORKD, ...STATE, ...link('ADMIN_STATE=unmanaged\n') }],
    [
      "networkd's own file",
      {
        ...NETWORKD,
        ...STATE,
        ...link('ADMIN_STATE=configured\nNETWORK_FILE=/etc/systemd/network/10-netplan-lan.network\n'),
      },
    ],
    ['no interface', { ...NETWORKD, ...link(ofNetplan) }],
  ])('%s is not of netplan', async (_, files) => {
    expect(await find(files)).toBe(null);
  });

  const NM = { '/run/systemd/units/invocation:NetworkManager.service': '' };
  const FOLDER = '/run/NetworkManager/system-connections';
  test.each([
    [`eth0:u1:${FOLDER}/netplan-all-en.nmconnection\n`, 'all-en'],
    [`eth01:u1:${FOLDER}/netplan-x.nmconnection\neth0:u2:${FOLDER}/netplan-y.nmconnection\n`, 'y'],
    [`eth0:u1:${FOLDER}/Wired connection 1.nmconnection\n`, undefined],
    ['eth0:u1:/etc/NetworkManager/system-connections/netplan-x.nmconnection\n', undefined],
    ['', undefined],
  ])('NetworkManager with %j', async (nmcli, id) => {
    expect((await find(NM, nmcli))?.id).toBe(id);
  });
});

/** A case with other files of netplan. */
async function renderWith(
  files: Readonly<Record<string, string>>,
  of = 'cloud_init_vlan_12',
): Promise<string[]> {
  const { files: recorded, io, request } = readCase(of);
  const others = Object.entries(recorded).filter(([path]) => !path.startsWith('/etc/netplan/'));
  const exec: BackendIo['exec'] = (...call) => io.exec(...call);
  const changed: BackendIo = { files: ioOf({ ...Object.fromEntries(others), ...files }).files, exec };
  const state = await netplanBackend.snapshot(changed, request.port.name);
  const { change, problems } = netplanBackend.render(state, request);
  expect(change === null).toBe(problems.some(({ level }) => level === 'error'));
  return problems.map(({ code, message }) => `${code}: ${message}`);
}

const BASE = `network:
  version: 2
  ethernets:
    eth0: {dhcp4: true}
  vlans:
    eth0.100: {id: 100, link: eth0}
`;
const etc = (text: string, name = '10.yaml') => ({ [`/etc/netplan/${name}`]: text });

describe('refusals', () => {
  test.each([
    ['802.1X', etc(BASE.replace('true', 'true, auth: {key-management: 802.1x}')), /802\.1X/],
    ['Open vSwitch', etc(BASE.replace('true', 'true, openvswitch: {}')), /Open vSwitch/],
    ['a file in /run', { '/run/netplan/10.yaml': BASE }, /\/run\/netplan\/10\.yaml defines eth0/],
    [
      'a bridge of the name',
      { ...etc(BASE), ...etc('network: {bridges: {br0: {}}}', '20.yaml') },
      /already defines br0/,
    ],
    [
      'a tunnel',
      { ...etc(BASE), ...etc('network: {tunnels: {vx: {mode: vxlan, link: eth0}}}', '20.yaml') },
      /tunnel vx in .*20\.yaml is bound/,
    ],
    ['a VRF', { ...etc(BASE), ...etc('network: {vrfs: {v: {interfaces: [eth0]}}}', '20.yaml') }, /VRF v in/],
    ['a foreign VLAN', etc(BASE.replace('link: eth0', 'link: eth1')), /eth0\.100 is a VLAN interface/],
    ['no definition', etc('network: {ethernets: {eth1: {}}}'), /do not define eth0 any more/],
    ['another type', etc(BASE.replace('ethernets', 'dummy-devices')), /under dummy-devices/],
    ['any name', etc(BASE.replace('dhcp4', 'match: {name: "*"}, dhcp4')), /applies to the bridge br0/],
    [
      'any driver',
      etc(BASE.replace('dhcp4', 'match: {driver: [virtio*, tun]}, dhcp4')),
      /applies to guests' interfaces/,
    ],
  ])('%s', async (_, files, message) => {
    const [first, ...others] = await renderWith(files);
    expect(first).toMatch(message);
    expect(first).toMatch(/^bridge-refused: /);
    expect(others.every((each) => each.startsWith('bridge-refused: '))).toBe(true);
  });

  test('a pattern that sorts first', async () => {
    const files = etc(BASE.replaceAll(/eth0(?!\.)/g, '00').replace('dhcp4', 'match: {name: "e*"}, dhcp4'));
    const state = await netplanBackend.snapshot(
      ioOf({
        ...readCase('cloud_init_vlan_12').files,
        ...files,
        '/etc/netplan/50-cloud-init.yaml': '',
        '/run/systemd/netif/links/2':
          'ADMIN_STATE=configured\nNETWORK_FILE=/run/systemd/network/10-netplan-00.network\n',
      }),
      'eth0',
    );
    const { problems } = netplanBackend.render(state, readCase('cloud_init_vlan_12').request);
    expect(problems.map(({ message }) => message)).toEqual([expect.stringMatching(/sorts before 00-eth0/)]);
  });
});

describe('drop-ins for the file that netplan writes', () => {
  const FILE = '/run/systemd/network/10-netplan-eth0.network';
  const withDropIn = (text: string, base = BASE) =>
    renderWith({
      ...etc(base),
      [FILE]: '[Match]\nName=eth0\n',
      '/etc/systemd/network/10-netplan-eth0.network.d/my.conf': text,
    });

  test.each(['[Network]\nAddress=192.0.2.99/24\n', '[Route]\nGateway=192.0.2.1\n', '[DHCPv4]\nUseDNS=no\n'])(
    'with %j are refused',
    async (text) =>
      expect(await withDropIn(text)).toEqual([
        expect.stringMatching(/^bridge-refused: 10-netplan-eth0\.network\.d\/\*\.conf are drop-ins/),
      ]),
  );

  test('about the link stay with the port', async () => {
    expect(await withDropIn('[Link]\nGenericSegmentationOffload=no\n')).toEqual([]);
    const pattern = BASE.replace('dhcp4', 'match: {name: "e*"}, dhcp4');
    expect(await withDropIn('[Link]\nGenericSegmentationOffload=no\n', pattern)).toEqual([
      expect.stringContaining('are drop-ins'),
    ]);
  });
});

describe('warnings', () => {
  test.each([
    ['nothing', etc(BASE), []],
    ['comments', etc(`# why\n${BASE}`), [/comments in \/etc\/netplan\/10\.yaml/]],
    ['comments in another file', { ...etc(BASE), ...etc('# why\n', '20.yaml') }, []],
    [
      'keys of later versions',
      etc(BASE.replace('true', 'true, xdp-mode: native')),
      [/does not know xdp-mode of eth0/],
    ],
    [
      'addresses made of the name',
      etc(BASE.replace('true', 'true, ipv6-address-generation: stable-privacy')),
      [/stable-privacy/],
    ],
    ['cloud-init', etc(BASE, '50-cloud-init.yaml'), [/cloud-init/]],
    [
      'cloud-init that is off',
      {
        ...etc(BASE, '50-cloud-init.yaml'),
        '/etc/cloud/cloud.cfg.d/x.cfg': '# x\nnetwork: {config: disabled}\n',
      },
      [],
    ],
    [
      'cloud-init that is off in another style',
      {
        ...etc(BASE, '50-cloud-init.yaml'),
        '/etc/cloud/cloud.cfg.d/x.cfg': 'network:\n  config: disabled\n',
      },
      [],
    ],
  ])('%s', async (_, files, messages) => {
    const found = await renderWith(files);
    expect(found).toEqual(messages.map((message) => expect.stringMatching(message) as unknown));
    expect(found.every((each) => each.startsWith('bridge-cannot-keep: '))).toBe(true);
  });
});

describe('a removal after other changes', () => {
  async function removal(edit: (files: Record<string, string>) => void, of = 'cloud_init_static_12') {
    const { files, io, request } = readCase(of);
    const { change: created } = netplanBackend.render(await netplanBackend.snapshot(io, 'eth0'), request);
    if (created === null) throw new Error('there is no change');
    const now: Record<string, string> = { ...files };
    for (const { path, text } of created.kept) if (text !== null) now[path] = text;
    edit(now);
    const { bridge, vlans, network } = request;
    return netplanBackend.renderRemoval(ioOf(now), { bridge, port: 'eth0', vlans, created }, network);
  }
  const MAIN = '/etc/netplan/50-cloud-init.yaml';
  const OWN = '/etc/netplan/90-kvmvlan-br0.yaml';
  const textOf = ({ change }: Awaited<ReturnType<typeof removal>>, path: string) =>
    change?.kept.find((file) => file.path === path)?.text;

  test('what was added to the bridge moves to the port', async () => {
    const result = await removal((files) => {
      files[MAIN] = (files[MAIN] ?? '').replace('192.0.2.11/24', '192.0.2.12/24');
      files['/etc/netplan/60-vlan.yaml'] = 'network: {vlans: {v7: {id: 7, link: br0}}}\n';
    });
    const main = await parse(textOf(result, MAIN) ?? '');
    expect(main).toMatchObject({
      network: {
        ethernets: {
          eth0: {
            mtu: '9000',
            addresses: ['192.0.2.10/24', '192.0.2.12/24', expect.anything(), expect.anything()],
          },
        },
      },
    });
    expect(main).not.toHaveProperty('network.bridges');
    expect(await parse(textOf(result, '/etc/netplan/60-vlan.yaml') ?? '')).toEqual({
      network: { vlans: { v7: { id: '7', link: 'eth0' } } },
    });
    expect(textOf(result, OWN)).toBe(null);
    // cloud-init would overwrite what was edited.
    expect(textOf(result, '/etc/cloud/cloud.cfg.d/99-kvmvlan-network.cfg')).toBe(undefined);
    expect(result.problems.map(({ code, message }) => [code, message])).toEqual([
      ['bridge-cannot-keep', expect.stringMatching(/99-kvmvlan-network\.cfg remains.*were edited/)],
    ]);
  });

  test('what was added to the file of the bridge moves too', async () => {
    const result = await removal((files) => {
      files[OWN] = (files[OWN] ?? '').replace('renderer:', 'ipv6-privacy: true\n      renderer:');
    });
    expect(await parse(textOf(result, OWN) ?? '')).toEqual({
      network: { version: '2', ethernets: { eth0: { 'ipv6-privacy': 'true' } } },
    });
  });

  test('a drop-in that was edited remains', async () => {
    const path = '/etc/systemd/network/10-netplan-br0.netdev.d/kvmvlan-bridge.conf';
    const result = await removal((files) => (files[path] += '# mine\n'));
    expect(textOf(result, path)).toBe(undefined);
    expect(result.problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(/remains, because it was edited/),
    ]);
  });

  test.each([
    [
      'more ports',
      (text: string) => text.replace('- eth0', '- eth0\n        - eth1'),
      /has more ports now: eth0, eth1/,
    ],
    ['no bridge', () => 'network: {version: 2}\n', /define no bridge br0 with a port/],
  ])('%s: it is refused', async (_, edit, message) => {
    const { change, problems } = await removal((files) => (files[OWN] = edit(files[OWN] ?? '')));
    expect(change).toBe(null);
    expect(problems.map((problem) => `${problem.code} ${problem.message}`)).toEqual([
      expect.stringMatching(message),
    ]);
  });

  test('the port of a pattern keeps its definition if there is something in it', async () => {
    const path = '/etc/netplan/90-default.yaml';
    const result = await removal(
      (files) =>
        (files[path] = (files[path] ?? '').replace('    br0:\n', '    br0:\n      ipv6-privacy: true\n')),
      'debian_cloud_image_12',
    );
    expect(await parse(textOf(result, path) ?? '')).toMatchObject({
      network: {
        ethernets: { '00-eth0': { match: { name: 'eth0' }, dhcp4: 'true', 'ipv6-privacy': 'true' } },
      },
    });
    expect(inWords(result)).toContain('==> /etc/netplan/90-kvmvlan-br0.yaml (removed, 600)');
  });
});
