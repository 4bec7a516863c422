import { describeMachine } from './describe_machine';
import { hooks, readLog } from './installed';
import { confs, guestsWanted, hostWanted, whenGuestsRun, whenSwitching } from './readme_example';
import { until } from './until';
import { vlansOfAll } from './vlans';

interface Finding {
  item: string;
  level: string;
  message: string;
  remedy: string | null;
}

describeMachine('kvmvlan on a host', (machine) => {
  const allWanted = { ...hostWanted, ...guestsWanted };
  const allVlans = (): Promise<Record<string, string>> => vlansOfAll(machine(), Object.keys(allWanted));
  const must = (command: string): Promise<string> => machine().must(command);

  async function findings(): Promise<Finding[]> {
    const { stdout } = await machine().run('kvmvlan check --json');
    return (JSON.parse(stdout) as { findings: Finding[] }).findings;
  }

  test('check tells that libvirtd does not know the hooks yet; what it says to do mends that', async () => {
    await whenSwitching(machine());
    // As the package leaves it where libvirtd cannot be reloaded.
    await must(`pid=$(pgrep -x libvirtd); rm ${hooks}/logs/*
      echo "$pid $(cut -d ' ' -f 22 /proc/$pid/stat) libvirtd" >/run/kvmvlan/reload-needed`);
    const wrong = (await findings()).filter(({ level }) => level !== 'ok');
    expect(wrong.map(({ remedy }) => remedy)).toContainEqual(
      expect.stringContaining('systemctl reload libvirtd'),
    );
    await must('systemctl reload libvirtd');
    await until('the hook was called', async () =>
      (await readLog(machine(), 'daemon_reload_bridge_init')).includes('bridge_init: ok'),
    );
    expect((await findings()).filter(({ level }) => level !== 'ok')).toEqual([]);
    expect((await machine().run('kvmvlan check')).status).toBe(0);
  });

  test('check shows what AppArmor refuses, and a guest that conf names and nobody has', async () => {
    await whenGuestsRun(machine());
    await machine().write(
      `${hooks}/conf/vlan_filtering.conf`,
      `${confs.vlan_filtering}\n[veth7]\nguest = VM7\n`,
    );
    // What happens where node is in /opt.
    await must('mkdir -p /opt; cp /usr/bin/true /opt/node');
    expect((await machine().run('aa-exec -p libvirtd -- sh -c /opt/node')).status).not.toBe(0);
    const found = (await findings()).filter(({ level }) => level !== 'ok');
    expect(found.map(({ item }) => item).sort()).toEqual(['denials', 'guests']);
    expect(found.find(({ item }) => item === 'denials')?.message).toContain('/opt/node');
    expect(found.find(({ item }) => item === 'guests')?.message).toContain('VM7');
  });

  test('status, diagram, explain, inspect, simulate and log show the host as it is', async () => {
    await whenGuestsRun(machine());
    expect(await must('kvmvlan status'))
      .toBe(`br0: filters VLANs, 802.1Q, default PVID 1, bridge_init.conf:1, configured by
  systemd-networkd
PORT   ROLE   GUEST  PVID  TAGGED       STATE
eth0   trunk  -      1     100,200,300  ok
br0    host   -      1     200          ok
veth0  guest  VM1    100   200,300      ok
       net0 52:54:00:00:01:00, vlan_filtering.conf:1
veth1  guest  VM2    1     100,200      ok
       net0 52:54:00:00:02:01, vlan_filtering.conf:6
veth2  guest  VM2    300   -            ok
       net1 52:54:00:00:02:02, vlan_filtering.conf:11
`);
    expect(await must('kvmvlan diagram')).toMatch(/eth0 ──┤ PVID 1 +PVID 100 ├── veth0 net0 ──┤ VM1 │/);
    const explained = await must('kvmvlan explain VM1');
    expect(explained).toMatch(/^Guest VM1: running/);
    expect(explained).toContain('now         PVID 100, tagged 200,300 - as wanted');
    expect(await must('kvmvlan inspect VM1')).toMatch(/State +running\n/);
    const simulated = await must('kvmvlan simulate VM1 start begin');
    expect(simulated).toContain('1 port, 0 would be changed\n');
    expect(simulated).toMatch(/The hook would end with status 0\.\n$/);
    expect(await must('kvmvlan log VM1')).toMatch(
      /VM1 +qemu started begin +vlan_filtering +ok in .*\n.*VM1 +qemu start begin +vlan_filtering +ok in /,
    );
    expect(await must('kvmvlan plan')).toBe('Nothing to do: everything is as conf says.\n');
    expect(await allVlans()).toEqual(allWanted);
  });

  test('status --watch shows drift as it comes; apply asks first, and mends it', async () => {
    await whenGuestsRun(machine());
    await must('systemctl stop kvmvlan-repair.timer kvmvlan-repair.service kvmvlan.path kvmvlan.service');
    await must('timeout 120 kvmvlan status --watch --interval 1 >/run/watched & echo $! >/run/watcher');
    const watched = (words: RegExp): Promise<void> =>
      until(`${words.source} is watched`, async () => words.test(await must('cat /run/watched')));
    await watched(/veth0 +guest +VM1 +100 +200,300 +ok/);
    await must('bridge vlan del dev veth0 vid 200');
    await watched(/veth0 +guest +VM1 +100 +300 +drift/);
    await must('kill $(cat /run/watcher)');
    const planned = await machine().run('kvmvlan plan');
    expect(planned).toMatchObject({ status: 1, stdout: expect.stringContaining('+ PVID 100') as string });
    // On a terminal it asks, and takes only a yes.
    const onTerminal = async (answer: string): Promise<string> =>
      (await machine().run(`(sleep 5; echo ${answer}; sleep 5) | script -qec 'kvmvlan apply' /dev/null`))
        .stdout;
    expect(await onTerminal('n')).toMatch(
      /\+ PVID 100, tagged 200,300[^]*Apply this\?[^]*Nothing has been changed/,
    );
    expect(await allVlans()).not.toEqual(allWanted);
    await onTerminal('y');
    expect(await allVlans()).toEqual(allWanted);
  });

  test('a session that cuts its own way off, and dies, gets it back by a timer of systemd', async () => {
    await whenGuestsRun(machine());
    await must(
      `ip netns add far; ip link set outside netns far
       ip -n far addr add 192.0.2.2/24 dev outside; ip -n far link set outside up
       ip addr add 192.0.2.1/24 dev br0`,
    );
    // Nobody listens there: only who is reached refuses.
    const reaches = async (): Promise<boolean> =>
      /refused/.test(
        (await machine().run('ip netns exec far timeout 5 bash -c "echo >/dev/tcp/192.0.2.1/9"')).stderr,
      );
    await until('the host is reached', reaches);
    await machine().write(
      `${hooks}/conf/bridge_init.conf`,
      confs.bridge_init.replace('br-pvid = 1', 'br-pvid = 999'),
    );
    const refused = await machine().run('kvmvlan apply --yes');
    expect(refused).toMatchObject({ status: 2, stderr: expect.stringContaining('--confirm 60') as string });
    expect(await reaches()).toBe(true);
    await must(
      `setsid script -qfec 'kvmvlan apply --yes --confirm 30; echo applied; sleep 1000' /run/typescript </dev/null >/dev/null 2>&1 &
       echo $! >/run/session
       for try in $(seq 200); do grep -q ^applied /run/typescript 2>/dev/null && exit 0; sleep 0.2; done
       cat /run/typescript >&2; exit 1`,
    );
    expect(await reaches()).toBe(false);
    expect(await must('systemctl list-units --no-legend "kvmvlan-undo-*.timer"')).toContain('kvmvlan-undo-');
    await must('kill -9 $(cat /run/session)');
    await until('the host is reached again', reaches);
    expect(await allVlans()).toEqual(allWanted);
    await until('nothing is left to undo', async () => {
      const { stdout } = await machine().run(
        'ls /var/lib/kvmvlan/pending.json; systemctl list-units --no-legend "kvmvlan-undo-*"',
      );
      return stdout === '';
    });
  });
});
