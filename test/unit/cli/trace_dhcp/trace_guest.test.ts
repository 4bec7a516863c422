import { join } from 'node:path';
import type { CheckIo } from '../../../../lib/cli/check/check_io';
import type { Sighting } from '../../../../lib/cli/trace_dhcp/sightings';
import { traceGuest, type TraceWish } from '../../../../lib/cli/trace_dhcp/trace_guest';
import { FakeHost, type HostSetup } from '../../fake_host/fake_host';
import { guestXml, nicsIn, statusXml } from '../../fake_host/guest_xml';
import { expectGolden } from '../../golden';
import { bridgePort, member, switchWith, tunnelPort } from '../../model/host/host_parts';
import { contextOf } from '../run_command';
import { fakeCaptures } from './fake_captures';
import { saw } from './parts';

const TCPDUMP = { 'tcpdump --version': 'tcpdump version 4.99.3\n' };
const PORTS = { eth0: member(1, 100, 200), vnet0: member(100, 200) };
/** VM1 at vnet0 in VLAN 100, and 200 tagged; VM2 next to it; all as wanted. */
const HOST: HostSetup = {
  ...switchWith({ ...PORTS, vnet9: member(100) }),
  guests: { VM1: nicsIn('br0', 'vnet0'), VM2: nicsIn('br0', 'vnet9') },
  confs: {
    bridge_init: '[br0]\ntrunk-port = eth0\ntrunk-tags = 100 200\n',
    vlan_filtering: '[vnet0]\nguest = VM1\npvid = 100\ntagged = 200\n[vnet9]\nguest = VM2\npvid = 100\n',
  },
  commands: TCPDUMP,
};

interface Ran {
  status: number;
  stdout: string;
  stderr: string;
}

/** Traces VM1 while these frames pass. */
async function trace(
  setup: HostSetup,
  frames: readonly Sighting[],
  wish: Partial<TraceWish> & { isTerminal?: boolean } = {},
): Promise<Ran> {
  const host = new FakeHost(setup);
  const said = { stdout: '', stderr: '' };
  const context = contextOf(host, said);
  const captures = fakeCaptures();
  const io = host.io();
  const check: CheckIo = {
    plugin: io,
    ...host.networkFiles(),
    stat: () => null,
    unsafe: () => null,
    now: () => 0,
    scripts: () => [],
  };
  let isFirst = true;
  const world: typeof captures.world = {
    ...captures.world,
    captureDhcp: (...words) => {
      const capture = captures.world.captureDhcp(...words);
      if (isFirst) setTimeout(() => frames.forEach(captures.pass), 10);
      isFirst = false;
      return capture;
    },
  };
  const { isTerminal = false, ...more } = wish;
  const whole = { guest: 'VM1', iface: undefined, seconds: 0.1, json: false, ...more };
  const status = await traceGuest(whole, context, { check, world, isTerminal });
  return { status, ...said };
}

const DISCOVER = saw('vnet0 <', 'DISCOVER', { count: 4 });
const LEFT = saw('eth0 <', 'DISCOVER', { tags: [100], count: 4 });
const CAME = saw('eth0 >', 'OFFER', { tags: [100] });
const OFFERED = saw('vnet0 >', 'OFFER');
const REQUEST = saw('vnet0 <', 'REQUEST', { lastAt: 1 });
const ACK = saw('vnet0 >', 'ACK', { lastAt: 2 });
const port = (name: string, data: object) => ({
  details: { [name]: { linkinfo: { info_slave_data: data } } },
});

const CASES: readonly (readonly [
  name: string,
  status: number,
  setup: HostSetup,
  frames: readonly Sighting[],
])[] = [
  ['silent', 1, HOST, [saw('vnet9 <', 'DISCOVER', { client: '52:54:00:00:01:00' })]],
  [
    'silent_paused_no_carrier',
    1,
    {
      ...HOST,
      down: ['vnet0'],
      guests: {},
      files: { '/run/libvirt/qemu/VM1.xml': statusXml(guestXml('VM1', nicsIn('br0', 'vnet0')), 'paused') },
    },
    [],
  ],
  [
    'stopped_vlan_not_on_trunk',
    1,
    { ...HOST, ...switchWith({ ...PORTS, eth0: member(1) }), guests: { VM1: nicsIn('br0', 'vnet0') } },
    [DISCOVER],
  ],
  ['stopped_unknown', 1, HOST, [DISCOVER]],
  ['stopped_wrong_tag', 1, HOST, [saw('vnet0 <', 'DISCOVER', { tags: [300] })]],
  ['unanswered', 1, HOST, [DISCOVER, LEFT]],
  [
    'unanswered_other_mac',
    1,
    HOST,
    [
      saw('vnet0 <', 'SOLICIT', { client: '52:54:00:00:09:09' }),
      saw('eth0 <', 'SOLICIT', { client: '52:54:00:00:09:09', tags: [100] }),
    ],
  ],
  [
    'unanswered_by_host',
    1,
    { ...HOST, ...switchWith({ vnet0: member(1) }), confs: {}, guests: { VM1: nicsIn('br0', 'vnet0') } },
    [DISCOVER, saw('br0 <', 'DISCOVER', { count: 4 })],
  ],
  [
    'unanswered_through_tunnel',
    1,
    {
      ...HOST,
      ports: [tunnelPort('vxlan0', { 100: 5000 }), bridgePort('vnet0', member(100))],
      guests: { VM1: nicsIn('br0', 'vnet0') },
      confs: {},
    },
    [DISCOVER, saw('vxlan0 <', 'DISCOVER')],
  ],
  ['lost', 1, { ...HOST, ...port('vnet0', { bcast_flood: false }) }, [DISCOVER, LEFT, CAME]],
  ['lost_other_vlan', 1, HOST, [DISCOVER, LEFT, saw('eth0 >', 'OFFER')]],
  ['offered', 0, HOST, [DISCOVER, LEFT, CAME, OFFERED]],
  ['offered_by_host', 0, HOST, [DISCOVER, LEFT, saw('br0 >', 'OFFER'), OFFERED]],
  ['refused', 0, HOST, [REQUEST, saw('vnet0 >', 'NAK', { lastAt: 2 })]],
  ['confirmed', 0, HOST, [DISCOVER, LEFT, CAME, OFFERED, REQUEST, ACK]],
  [
    'confirmed_tagged',
    0,
    HOST,
    [saw('vnet0 <', 'SOLICIT', { tags: [200] }), saw('vnet0 >', 'REPLY', { tags: [200], address: null })],
  ],
  [
    'two_interfaces',
    1,
    {
      ...HOST,
      bridges: HOST.bridges ?? [],
      ports: [...(HOST.ports ?? []), bridgePort('vnet1', member(7))],
      links: ['vnet2'],
      guests: { VM1: [...nicsIn('br0', 'vnet0', 'vnet1'), { type: 'user' }, ...nicsIn('br7', 'vnet2')] },
    },
    [REQUEST, ACK, saw('vnet1 <', 'DISCOVER', { client: '52:54:00:00:00:01' })],
  ],
];

test.each(CASES)('%s', async (name, status, setup, frames) => {
  const ran = await trace(setup, frames);
  expectGolden(
    join(__dirname, 'golden', `${name}.txt`),
    ran.stdout.replace(/Watched for [\d.]+ s/, 'Watched for 30 s'),
  );
  expect([ran.status, ran.stderr]).toEqual([status, '']);
});

test('--json', async () => {
  const ran = await trace({ ...HOST, ...port('vnet0', { bcast_flood: false }) }, [DISCOVER, LEFT, CAME], {
    json: true,
  });
  expectGolden(
    join(__dirname, 'golden', 'lost.json'),
    ran.stdout.replace(/"seconds": [\d.]+/, '"seconds": 30'),
  );
});

test('the findings are only about this port', async () => {
  const broken = switchWith({ eth0: member(1, 100), vnet0: member(1, 200), vnet9: member(1) });
  const { stdout } = await trace({ ...HOST, ...broken }, [DISCOVER], { json: true });
  const { ports } = JSON.parse(stdout) as { ports: { findings: { code: string; message: string }[] }[] };
  expect(ports.flatMap(({ findings }) => findings).map(({ code }) => code)).toEqual([
    'vlan-on-no-trunk',
    'port-differs',
  ]);
  expect(stdout).not.toContain('vnet9');
});

test('a guest with the same MAC address is a finding', async () => {
  const twin = guestXml('VM2', nicsIn('br0', 'vnet9'), 0);
  const { stdout } = await trace(
    { ...HOST, files: { '/run/libvirt/qemu/VM2.xml': statusXml(twin) } },
    [DISCOVER, LEFT, CAME],
    { json: true },
  );
  expect(stdout).toContain('"code": "mac-twice"');
});

test('on a terminal: what is watched, how the guest asks again, and each new frame of it', async () => {
  const stranger = saw('eth0 <', 'DISCOVER', { client: '52:54:00:00:09:09' });
  const frames = [stranger, DISCOVER, LEFT, CAME, OFFERED];
  const ran = await trace(HOST, frames, { isTerminal: true, seconds: 0.2 });
  expect(ran.stderr).toBe(`Watching vnet0, eth0, br0 for 0.2 s; Ctrl-C ends it. To make the guest ask again:
  virsh domif-setlink VM1 vnet0 down && sleep 3 && virsh domif-setlink VM1 vnet0 up
vnet0 -> DHCPv4 DISCOVER of 52:54:00:00:00:00, untagged
eth0 -> DHCPv4 DISCOVER of 52:54:00:00:00:00, tagged 100
eth0 <- DHCPv4 OFFER of 52:54:00:00:00:00, tagged 100
vnet0 <- DHCPv4 OFFER of 52:54:00:00:00:00, untagged
`);
});
