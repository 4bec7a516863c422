import { guestPlace, type GuestPlace } from '../../../lib/dispatch/guest_place';
import { domainEnv, type Env } from '../../../lib/dispatch/script_env';
import { parseDomain } from '../../../lib/model/guest/parse_domain';
import { FakeHost, ROOT } from '../fake_host/fake_host';

const UUID = '6c8a3b1e-0000-4000-8000-000000000001';
const FILE = `${ROOT}/conf/guest_routes.conf`;
const CONF = `[DEFAULT]
uplink = br0
pool = 203.0.113.16/28, 2001:db8::/64
[web1]
guest = web1
nic = 0
address = 203.0.113.20, 2001:db8::20
table = 500
`;
const NICS = `<n:nics xmlns:n='urn:kvmvlan:nics:1'><n:nic nic='1' address='203.0.113.21'/></n:nics>`;

/** A guest with two interfaces in no bridge, and one in a bridge. */
const xml = (metadata = '', taps = ['vnet0', 'vnet1', 'vnet2']): string => {
  const tap = (place: number): string => (taps[place] === undefined ? '' : `<target dev='${taps[place]}'/>`);
  return `<domain><name>web1</name><uuid>${UUID}</uuid><metadata>${metadata}</metadata><devices>
    <interface type='ethernet'>${tap(0)}</interface><interface type='ethernet'>${tap(1)}</interface>
    <interface type='bridge'><source bridge='br0'/>${tap(2)}</interface></devices></domain>`;
};

interface Asked {
  readonly conf?: string | null;
  readonly files?: Record<string, string>;
  readonly driver?: string;
  readonly operation?: string;
  readonly xml?: string;
}

function ask(asked: Asked): { place: GuestPlace; env: Env } {
  const { conf = CONF, files = {}, driver = 'qemu', operation = 'start' } = asked;
  const host = new FakeHost({ files: { ...files, ...(conf === null ? {} : { [FILE]: conf }) } });
  const call = { driver, object: 'web1', operation, suboperation: 'begin', extra: '-' };
  const domain = parseDomain(asked.xml ?? xml());
  const place = guestPlace(call, domain, ROOT, host.io());
  return { place, env: domainEnv(domain, place) };
}

/** The variables that the XML alone does not give. */
function added(asked: Asked): Record<string, string> {
  const names = /_(MODE|ADDRESSES|TABLE|VRF|UPLINK)$|^LIBVIRT_MIGRATION$/;
  return Object.fromEntries(Object.entries(ask(asked).env).filter(([name]) => names.test(name)));
}

const BRIDGED = { LIBVIRT_NIC_2_MODE: 'bridged' };
const ROUTED = {
  LIBVIRT_NIC_0_MODE: 'routed',
  LIBVIRT_NIC_0_ADDRESSES: '203.0.113.20 2001:db8::20',
  LIBVIRT_NIC_0_TABLE: '500',
  LIBVIRT_NIC_0_UPLINK: 'br0',
};

test('an interface in a bridge, one that is routed, and one that is neither', () => {
  expect(added({})).toEqual({ ...ROUTED, ...BRIDGED });
});

test('the same before the taps have names', () => {
  expect(added({ xml: xml('', []), operation: 'prepare' })).toEqual({ ...ROUTED, ...BRIDGED });
});

test("addresses from the guest's metadata", () => {
  expect(added({ xml: xml(NICS) })).toEqual({
    ...ROUTED,
    LIBVIRT_NIC_1_MODE: 'routed',
    LIBVIRT_NIC_1_ADDRESSES: '203.0.113.21',
    LIBVIRT_NIC_1_UPLINK: 'br0',
    ...BRIDGED,
  });
});

test('a VRF, and an uplink of others', () => {
  const conf = '[vnet0]\nguest = web1\nuplink = none\naddress = 203.0.113.20\nvrf = red\n';
  expect(added({ conf })).toEqual({
    LIBVIRT_NIC_0_MODE: 'routed',
    LIBVIRT_NIC_0_ADDRESSES: '203.0.113.20',
    LIBVIRT_NIC_0_VRF: 'red',
    ...BRIDGED,
  });
});

test.each<[string, Asked]>([
  ['no conf', { conf: null }],
  ['a conf of comments', { conf: '# [web1]\n' }],
  ['another driver', { driver: 'lxc' }],
])('%s: nothing is routed', (_, asked) => {
  expect(added(asked)).toEqual(BRIDGED);
  expect(ask(asked).place.problem).toBeNull();
});

test('an error in conf: nothing is known about routes, and why', () => {
  const { place } = ask({ conf: CONF.replace('203.0.113.20', '203.0.113.200') });
  expect(place.routes.size).toBe(0);
  expect(place.problem).toContain(`${FILE}:7`);
});

test('a conf that cannot be read', () => {
  const call = { driver: 'qemu', object: 'web1', operation: 'start', suboperation: 'begin', extra: '-' };
  const host = new FakeHost({ files: { [FILE]: null }, isRoot: false });
  const { routes, problem } = guestPlace(call, parseDomain(xml()), ROOT, host.io());
  expect([routes.size, problem === null]).toEqual([0, false]);
});

test.each<[string, Asked, boolean]>([
  ['migrate', { operation: 'migrate' }, true],
  ['start after migrate', { files: { [`/run/kvmvlan/in-transit/${UUID}`]: '' } }, true],
  ['start after the migration of another guest', { files: { '/run/kvmvlan/in-transit/x': '' } }, false],
  ['start', {}, false],
  ['migrate of another driver', { driver: 'libxl', operation: 'migrate' }, true],
])('it arrives from another host: %s', (_, asked, isArriving) => {
  expect(ask(asked).env.LIBVIRT_MIGRATION).toBe(isArriving ? 'arriving' : undefined);
});
