import { describeKernel } from './describe_kernel';
import { plugInto } from './example_switch';
import { whoHearsEach } from './frames';
import { BRIDGE_INIT, configure, installHooks, VLAN_FILTERING } from './hooks';
import { KVMVLAN } from './kvmvlan';
import { writeStatusFiles } from './status_file';
import { succeed } from './succeed';
import { vlanTable } from './vlan_table';

/** One of two hosts, as docs/many-hosts.md builds it; `in` is a prefix of its commands. */
const host = (own: number, other: number, inside: string): string => `
${inside} ip link set under mtu 1600 up
${inside} ip addr add 10.0.0.${own}/24 dev under
${inside} ip link add br0 type bridge vlan_filtering 1 vlan_default_pvid 0
${inside} ip link set br0 up
${inside} ip link add vx0 type vxlan external vnifilter local 10.0.0.${own} dstport 4789 learning
${inside} ip link set vx0 addrgenmode none master br0 up
${inside} bridge link set dev vx0 vlan_tunnel on learning on
for vid in 10 20; do
  ${inside} bridge vni add dev vx0 vni $((10000 + vid))
  ${inside} bridge vlan add dev vx0 vid $vid
  ${inside} bridge vlan add dev vx0 vid $vid tunnel_info id $((10000 + vid))
  ${inside} bridge fdb append 00:00:00:00:00:00 dev vx0 src_vni $((10000 + vid)) dst 10.0.0.${other}
done`;

/** A guest of the other host: the port is there, the guest's end here. */
const remoteGuest = (name: string, vid: number): string => `
ip link add ${name} up type veth peer name port${name} netns b
ip -n b link set port${name} master br0 up
ip netns exec b bridge vlan add dev port${name} vid ${vid} pvid untagged`;

const PORTS = '[a10]\nguest = VM1\npvid = 10\n[a20]\nguest = VM1\npvid = 20\n';
/** Who of the guests hears whom, if the tunnel works. */
const REACHED = { a10: ['b10'], b10: ['a10'], a20: ['b20'], b20: ['a20'] };
const MAPPED = '10:10010 20:10020';

describeKernel('a VLAN of two hosts, through VXLAN with static floods', (kernel) => {
  /** Who hears whose broadcast. */
  const reached = async (): Promise<Record<string, string[]>> => {
    const ends = Object.keys(REACHED);
    const frames = ends.map((from) => ({ from, listen: ends.filter((end) => end !== from) }));
    const heard = await whoHearsEach(kernel, frames);
    for (const ears of heard) for (const how of Object.values(ears)) expect(how).toBe('untagged');
    return Object.fromEntries(ends.map((from, index) => [from, Object.keys(heard[index] ?? {})]));
  };
  const mapped = async (): Promise<string> => {
    const [shown] = JSON.parse(await succeed(kernel, 'bridge -j vlan tunnelshow')) as {
      tunnels: { vlan: number; tunid: number }[];
    }[];
    return (shown?.tunnels ?? []).map(({ vlan, tunid }) => `${vlan}:${tunid}`).join(' ');
  };
  const conf = (keys: string) => configure(kernel, { bridge_init: `[br0]\n${keys}`, vlan_filtering: PORTS });
  const codes = async (command: string): Promise<string[]> => {
    const { stdout } = await kernel.run(`${command} --json`);
    return [...stdout.matchAll(/"code": "([a-z-]+)"/g)].map(([, code = '']) => code);
  };

  beforeAll(async () => {
    await installHooks(kernel, {});
    await succeed(
      kernel,
      `ip netns add b
       ip link add under type veth peer name under netns b
       ${host(1, 2, '')}
       ${host(2, 1, 'ip netns exec b')}
       ${remoteGuest('b10', 10)}
       ${remoteGuest('b20', 20)}
       ip link add eth0 up type dummy; ip link set eth0 master br0`,
    );
    for (const vid of [10, 20]) await plugInto(kernel, `a${vid}`, 'br0');
    await succeed(kernel, 'for vid in 10 20; do bridge vlan add dev a$vid vid $vid pvid untagged; done');
    // A new veth forwards only when the kernel has noticed its carrier, within a second.
    await succeed(
      kernel,
      "while { bridge link; ip netns exec b bridge link; } | grep -qv 'state forwarding'; do sleep 0.1; done",
    );
    await writeStatusFiles(kernel, [{ name: 'VM1', interfaces: [{ dev: 'a10' }, { dev: 'a20' }] }]);
  });

  afterEach(async () => {
    expect(await reached()).toEqual(REACHED);
    expect(await mapped()).toBe(MAPPED);
  });

  test('works before kvmvlan comes', async () => {
    expect(await reached()).toEqual(REACHED);
  });

  test('is as it was after bridge_init, vlan_filtering --all and apply, of a conf that does not name it', async () => {
    await conf('trunk-port = eth0\ntrunk-tags = auto\nbr-pvid = none\ndefault-pvid = none\n');
    await succeed(kernel, 'ip link set br0 type bridge vlan_filtering 0; bridge vlan add dev a20 vid 7 pvid');
    await succeed(kernel, `${BRIDGE_INIT}; ${VLAN_FILTERING} --all; ${KVMVLAN} apply --yes`);
    // eth0 would be a second way, and a loop if the other host had one too.
    expect(await vlanTable(kernel)).toEqual({
      eth0: '1 PVID Egress Untagged',
      vx0: '10, 20',
      a10: '10 PVID Egress Untagged',
      a20: '20 PVID Egress Untagged',
    });
    const status = JSON.parse(await succeed(kernel, `${KVMVLAN} status --json`)) as {
      bridges: { ports: { name: string }[] }[];
    };
    expect(status.bridges[0]?.ports.find(({ name }) => name === 'vx0')).toMatchObject({
      role: 'tunnel',
      state: 'ok',
      vnis: [
        { vid: 10, vni: 10010 },
        { vid: 20, vni: 10020 },
      ],
    });
  });

  test('does not take the host from a trunk, even as a trunk itself', async () => {
    await conf(
      'trunk-port = eth0 vx0\ntrunk-tags = auto\nbr-pvid = none\nbr-tags = 10\ndefault-pvid = none\n',
    );
    await succeed(
      kernel,
      `ip link add br0.10 link br0 up type vlan id 10; ip addr add 192.0.2.1/24 dev br0.10
       bridge vlan add dev br0 vid 10 self; for vid in 10 20; do bridge vlan add dev eth0 vid $vid; done`,
    );
    expect(await codes(BRIDGE_INIT)).toEqual(['trunk-loses-vlans']);
    expect(await vlanTable(kernel)).toMatchObject({
      br0: '10',
      eth0: '1 PVID Egress Untagged, 10',
      vx0: '10, 20',
    });
    // That would be through nothing but the tunnel.
    await conf('trunk-port = eth0 vx0\ntrunk-tags = 20\ntrunk-pvid = none\nbr-pvid = none\nbr-tags = 10\n');
    expect(await codes(BRIDGE_INIT)).toEqual(['trunk-cuts-tunnel', 'disconnects-host']);
    await succeed(
      kernel,
      'ip link del br0.10; bridge vlan del dev br0 vid 10 self; bridge vlan del dev eth0 vid 10',
    );
  });

  test('is refused as a trunk that would cut it', async () => {
    await conf('trunk-port = vx0\ntrunk-pvid = 10\ntrunk-tags = 20\n');
    expect(await codes(BRIDGE_INIT)).toEqual(['trunk-cuts-tunnel']);
    await conf('trunk-port = vx0\ntrunk-pvid = none\ntrunk-tags = 20\n');
    expect((await kernel.run(`${KVMVLAN} apply --yes`)).stdout).toMatch(/would cut its tunnels/);
  });

  test('is cut by hand without a word: check finds it, and a conf that names it repairs it', async () => {
    await succeed(kernel, 'bridge vlan add dev vx0 vid 10 untagged');
    expect(await reached()).toMatchObject({ a10: [], a20: ['b20'] });
    expect(await codes(`${KVMVLAN} check`)).toContain('tunnel-untagged');
    await conf('trunk-port = vx0\ntrunk-pvid = none\ntrunk-tags = 10 20 30\n');
    await succeed(kernel, BRIDGE_INIT);
    expect(await vlanTable(kernel)).toMatchObject({ vx0: '10, 20, 30' });
  });

  test('keeps its mapping through a new default PVID, which takes the VLAN away, and through the rollback', async () => {
    await succeed(
      kernel,
      `ip link set br0 type bridge vlan_filtering 0; ip link set br0 type bridge vlan_default_pvid 10
       bridge vlan add dev vx0 vid 10 pvid untagged`,
    );
    await conf('trunk-port = vx0\ntrunk-pvid = none\ntrunk-tags = 10 20\ndefault-pvid = none\n');
    await succeed(kernel, `${KVMVLAN} apply --yes --confirm 600`);
    expect([await reached(), await mapped()]).toEqual([REACHED, MAPPED]);
    expect(await vlanTable(kernel)).toMatchObject({ vx0: '10, 20' });
    await succeed(kernel, `${KVMVLAN} undo`);
    expect(await succeed(kernel, 'ip -d link show br0')).toContain('vlan_filtering 0');
    await succeed(kernel, `ip link set br0 type bridge vlan_default_pvid 0 vlan_filtering 1`);
    await succeed(kernel, 'for vid in 10 20; do bridge vlan add dev a$vid vid $vid pvid untagged; done');
  });

  test('loses a mapping when its VLAN is removed and added: this is why no plan does that', async () => {
    await succeed(kernel, 'bridge vlan del dev vx0 vid 10; bridge vlan add dev vx0 vid 10');
    expect([await reached(), await mapped()]).toEqual([{ ...REACHED, a10: [], b10: [] }, '20:10020']);
    await succeed(kernel, 'bridge vlan add dev vx0 vid 10 tunnel_info id 10010');
  });
});
