import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { shouldHear, type End } from '../kernel/forwarding';
import { whoHearsEach, type Frame, type Heard } from '../kernel/frames';
import { describeMachine } from './describe_machine';
import { GUARD, installGuard } from './guard';

/** The bridge br0: its trunk's wire ends at `wire`, and each guest g… at the end of a veth. "br0" is the host. */
const ENDS: Record<string, End> = {
  wire: { pvid: 1, tagged: [100, 200, 300] },
  br0: { pvid: 1, tagged: [200] },
  g100: { pvid: 100, tagged: [200, 300] },
  g101: { pvid: 100, tagged: [] },
  g1: { pvid: 1, tagged: [] },
  g300: { pvid: null, tagged: [300] },
};
const listen = Object.keys(ENDS);
const GUESTS = listen.filter((name) => name.startsWith('g'));

const portOf = (end: string): string => (end === 'wire' ? 'eth0' : `p-${end}`);

/** The commands that make such a bridge. */
function bridgeOf(ends: Record<string, End>): string {
  const lines = Object.entries(ends).flatMap(([end, { pvid, tagged }]) => {
    const [dev, self] = end === 'br0' ? ['br0', ' self'] : [portOf(end), ''];
    return [
      ...(end === 'br0'
        ? []
        : [
            `ip link add ${dev} type veth peer name ${end}`,
            `ip link set ${dev} master br0 up; ip link set ${end} up`,
          ]),
      ...(pvid === null ? [] : [`bridge vlan add dev ${dev} vid ${pvid} pvid untagged${self}`]),
      ...tagged.map((vid) => `bridge vlan add dev ${dev} vid ${vid}${self}`),
    ];
  });
  return [
    'sysctl --quiet net.ipv6.conf.default.disable_ipv6=1',
    'ip link add br0 up type bridge vlan_filtering 1 vlan_default_pvid 0 mcast_snooping 0',
    ...lines,
  ].join('\n');
}

describeMachine('the nftables guard of docs/examples', (machine) => {
  const inside = '/run/kvmvlan-test/inside';

  const filter = (on: boolean): Promise<string> =>
    machine().must(`ip link set br0 type bridge vlan_filtering ${Number(on)}`);

  function hearEach(frames: Frame[]): Promise<Heard[]> {
    const program = `import json, sys; sys.path.insert(0, "${inside}"); import frames
print(json.dumps(frames.who_hears(json.load(sys.stdin), {})))`;
    return whoHearsEach(
      {
        async run(script) {
          const result = await machine().run(`python3 -c '${program}'`, { stdin: script });
          return { ...result, status: result.status ?? 1 };
        },
      },
      frames,
    );
  }

  /** Broadcast, multicast and unicast frames from everyone, in all VLANs. */
  async function allFrames(): Promise<Frame[]> {
    const host = (await machine().must('cat /sys/class/net/br0/address')).trim();
    return listen.flatMap((from) =>
      [undefined, 200, 300, 400].flatMap((vid): Frame[] =>
        ['ff:ff:ff:ff:ff:ff', '33:33:00:00:00:01', ...(from === 'br0' ? [] : [host])].map((to) => ({
          from,
          to,
          listen,
          ...(vid === undefined ? {} : { vid }),
        })),
      ),
    );
  }

  /** What everybody hears while the bridge filters, with a guard or without. */
  async function expectSwitch(): Promise<void> {
    const frames = listen.flatMap((from) =>
      [undefined, 1, 100, 200, 300, 400].map((vid): Frame => ({
        from,
        listen,
        ...(vid === undefined ? {} : { vid }),
      })),
    );
    const heard = await hearEach(frames);
    const found = frames.map((frame, index) => ({ frame, heard: heard[index] }));
    expect(found).toEqual(frames.map((frame) => ({ frame, heard: shouldHear(ENDS, frame) })));
  }

  /** Who hears whom at all. */
  async function pairs(): Promise<string[]> {
    const frames = await allFrames();
    const heard = await hearEach(frames);
    const all = frames.flatMap(({ from }, i) => Object.keys(heard[i] ?? {}).map((to) => `${from} > ${to}`));
    return [...new Set(all)].sort();
  }

  const fromHost = ['wire', ...GUESTS].map((to) => `br0 > ${to}`);

  beforeAll(async () => {
    await machine().copyIn(join(__dirname, '../kernel/inside'), inside);
    await machine().must(bridgeOf(ENDS));
  });

  test('without it, everybody hears everybody while the bridge does not filter', async () => {
    await expectSwitch();
    await filter(false);
    const expected = listen.flatMap((from) => listen.map((to) => `${from} > ${to}`));
    expect(await pairs()).toEqual(expected.filter((pair) => !/^(.*) > \1$/.test(pair)).sort());
    await filter(true);
  });

  test('it changes nothing while the bridge filters, and isolates guests while it does not', async () => {
    await installGuard(machine());
    await expectSwitch();

    await filter(false);
    // The host keeps its connection through the trunk. What it sends itself reaches all, as the file says.
    expect(await pairs()).toEqual([...fromHost, 'wire > br0'].sort());
    await filter(true);
    await expectSwitch();
  });

  test('rules of other tables that accept frames do not weaken it', async () => {
    await machine().must('ebtables -I FORWARD -j ACCEPT; ebtables -t nat -I PREROUTING -j ACCEPT');
    await filter(false);
    expect(await pairs()).toEqual([...fromHost, 'wire > br0'].sort());
    await filter(true);
  });

  test('it leaves bridges alone that it does not name', async () => {
    await machine().must('sed -i s/br0/br1/ /etc/kvmvlan-guard.nft; systemctl reload kvmvlan-guard');
    await filter(false);
    expect((await pairs()).length).toBe(listen.length * (listen.length - 1));
    await filter(true);
    await machine().must('sed -i s/br1/br0/ /etc/kvmvlan-guard.nft; systemctl reload kvmvlan-guard');
  });

  test("with its optional chain, the host's frames reach only the ports that it names", async () => {
    const lines = readFileSync(GUARD, 'utf8').split('\n');
    const [first, last] = [
      lines.findIndex((line) => line.includes('# chain from_host')),
      lines.lastIndexOf('\t# }'),
    ];
    const edited = lines.map((line, i) => (i < first || i > last ? line : line.replace('# ', '')));
    await machine().write(
      '/etc/kvmvlan-guard.nft',
      edited.join('\n').replace('!= { "eth0" }', '!= { "eth0", "p-g1", "p-g100" }'),
    );
    await machine().must('systemctl reload kvmvlan-guard');
    await expectSwitch();
    await filter(false);
    expect(await pairs()).toEqual(['br0 > g1', 'br0 > g100', 'br0 > wire', 'wire > br0']);
    await filter(true);
  });

  test('its unit loads it at boot before the network, and removes it', async () => {
    const tables = () => machine().must('nft list tables bridge');
    await machine().must('systemctl restart kvmvlan-guard');
    expect((await tables()).split('\n').filter((line) => line.endsWith('kvmvlan_guard'))).toHaveLength(1);
    expect(await machine().must('systemctl is-enabled kvmvlan-guard')).toBe('enabled\n');
    expect(
      await machine().must('systemd-analyze verify /etc/systemd/system/kvmvlan-guard.service 2>&1'),
    ).toBe('');
    await machine().must('systemctl stop kvmvlan-guard');
    expect(await tables()).not.toContain('kvmvlan_guard');
  });
});
