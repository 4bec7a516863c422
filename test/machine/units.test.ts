import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { JOURNAL_KINDS, type JournalKind } from '../../lib/system/log/journal_kinds';
import { denials } from './denials';
import { describeMachine } from './describe_machine';
import { defineGuest, restartLibvirtd, startGuest } from './guests';
import { hooks, readLog } from './installed';
import { confs, whenGuestsRun, whenInstalled, whenSwitching } from './readme_example';
import { until } from './until';
import { vlansOf } from './vlans';
import { isWhole, onlyWhole } from './test_depth';

const conf = `${hooks}/conf/vlan_filtering.conf`;
const own = (vid: number): string => `${vid} PVID Egress Untagged`;

describeMachine('the systemd units', (machine) => {
  const must = (script: string): Promise<string> => machine().must(script);
  const failed = (): Promise<string> => must('systemctl --failed --no-legend --plain | cut -d" " -f1');
  const isAnyRunning = async (): Promise<boolean> =>
    (await must(
      'systemctl list-units --no-legend --state=activating kvmvlan.service kvmvlan-followup.service',
    )) !== '';
  const haveVlans = (port: string, vlans: string): Promise<void> =>
    until(`${port} has ${vlans}`, async () => (await vlansOf(machine(), port)) === vlans);

  afterEach(async () => {
    expect(await denials(machine())).toEqual([]);
  });

  test('libvirtd that runs calls hooks that it did not know after the installation: the same process', async () => {
    await whenInstalled(machine());
    const log = 'daemon_reload_bridge_init';
    await until('the package has reloaded it', async () => (await readLog(machine(), log)) !== '');
    await must(`rm ${hooks}/logs/${log}.log`);
    const pid = await must('pgrep -x libvirtd');
    // The time that systemd has noted: what ps prints moves with the clock, and a machine that goes back to an earlier state
    // has it set.
    const started = await must(
      'date -d "$(systemctl show --value --property=ExecMainStartTimestamp libvirtd)" +%s',
    );
    expect(Number(started)).toBeLessThan(Number(await must('stat -c %Z /etc/libvirt/hooks/qemu')));
    await must('systemctl reload libvirtd');
    await until('the hook was called', async () =>
      (await readLog(machine(), log)).includes('bridge_init: ok'),
    );
    expect(await must('pgrep -x libvirtd')).toBe(pid);
    // It calls the others too.
    await startGuest(machine(), 'VM1');
    expect(await vlansOf(machine(), 'veth0')).toBe('100 PVID Egress Untagged, 200, 300');
    // While node is upgraded there is no snapshot of it, and a guest starts all the same.
    await must('cp -p /usr/bin/node /usr/bin/node.new; mv /usr/bin/node.new /usr/bin/node');
    expect((await machine().run('kvmvlan check')).stdout).toContain(
      'there is no start-up snapshot for this node',
    );
    await startGuest(machine(), 'VM2');
    expect(await vlansOf(machine(), 'veth1')).toBe('1 PVID Egress Untagged, 100, 200');
    const { stdout } = await machine().run('kvmvlan check --json');
    const { findings } = JSON.parse(stdout) as { findings: { item: string }[] };
    expect(findings.filter(({ item }) => item === 'reload')).toEqual([]);
  });

  test('a port that cannot be set makes the unit fail, with its fields in the journal; the next good run clears it', async () => {
    await whenGuestsRun(machine());
    await machine().write(conf, `${confs.vlan_filtering}\n[veth9]\nguest = VM1\npvid = 300\n`);
    // Else the change may come while it runs, and the follow-up fails in its place.
    await until('neither runs', async () => !(await isAnyRunning()));
    // It does not filter VLANs.
    await must('ip link add br1 up type bridge');
    await must('virsh --quiet attach-interface VM1 bridge br1 --target veth9 --model virtio --live');
    await until('the unit has failed', async () => (await failed()).includes('kvmvlan.service'));
    const entries = await must(
      'journalctl --boot --output=json KVMVLAN_GUEST=VM1 KVMVLAN_PORT=veth9 KVMVLAN_BRIDGE=br1 KVMVLAN_SCRIPT=vlan_filtering | tail -1',
    );
    expect(JSON.parse(entries)).toMatchObject({
      PRIORITY: '3',
      SYSLOG_IDENTIFIER: 'kvmvlan',
      MESSAGE: expect.stringMatching(
        /^vlan_filtering: port veth9 of guest VM1: bridge br1 does not filter/,
      ) as string,
    });
    // The catalog says what to do.
    const explained = (kind: JournalKind, fields = ''): Promise<string> =>
      must(`journalctl --boot --catalog --no-pager MESSAGE_ID=${JOURNAL_KINDS[kind].id} ${fields}`);
    const notSet = await explained('port-not-set', 'KVMVLAN_PORT=veth9');
    expect(notSet).toContain('Subject: Port veth9 of guest VM1 could not be set\n');
    expect(notSet).toContain('Run `kvmvlan check`.');
    // What the unit printed is its own entry.
    expect(await must('journalctl --boot --unit=kvmvlan.service --output=cat')).toContain(
      'error: port veth9 of guest VM1: bridge br1 does not filter VLANs',
    );
    // A hook that exits 0 all the same.
    await must(`virsh dumpxml VM1 | ${hooks}/qemu VM1 started begin - 2>/dev/null`);
    expect(
      await must('journalctl --boot --output=cat KVMVLAN_PHASE=qemu_started_begin KVMVLAN_PORT=veth9'),
    ).toMatch(/^qemu VM1 started begin: port veth9 of guest VM1: bridge br1 does not filter/);

    // Else the repair of every minute may set the port first.
    await must('systemctl stop kvmvlan-repair.timer kvmvlan-repair.service');
    await must('ip link set br1 type bridge vlan_filtering 1; bridge vlan del dev veth9 vid 300');
    await must('systemctl start kvmvlan.service');
    await until('no unit is failed', async () => (await failed()) === '');
    expect(await vlansOf(machine(), 'veth9')).toBe(own(300));
    const set = await explained('port-set', 'KVMVLAN_PORT=veth9');
    expect(set).toContain('vlan_filtering: set port veth9 of guest VM1: now PVID 300\n');
    expect(set).toContain('Subject: Ports of guest VM1 got their VLANs\n');
    // The hooks that have set the ports when the guests started.
    expect(await explained('port-set', 'KVMVLAN_GUEST=VM2 KVMVLAN_PHASE=qemu_start_begin')).toMatch(
      /: qemu VM2 start begin: set port veth1 of guest VM2: now PVID [^]*; port veth2 of guest VM2: now PVID 300\n/,
    );

    await machine().write(conf, '[veth0]\nguest = VM1\npvid = 5000\n');
    // Once one that began with the other conf has ended.
    await until(
      'it fails',
      async () => (await machine().run('systemctl start kvmvlan.service')).status === 1,
    );
    expect(await failed()).toContain('kvmvlan.service');
  });

  test('a tap that libvirt puts back into its bridge when it finds the guest again has its VLANs', async () => {
    await whenSwitching(machine());
    await machine().write(conf, '[x]\nguest = lan1\nnic = 0\npvid = 50\n');
    await machine().write(
      `${hooks}/qemu_reconnect_begin.d/own`,
      '#!/bin/sh\necho "$1" >>/run/reconnected\n',
      '755',
    );
    await machine().must('virsh --quiet net-define /dev/stdin; virsh --quiet net-start lan', {
      stdin: `<network><name>lan</name><bridge name='virbr9' stp='off' delay='0'/></network>`,
    });
    await must('ip link set virbr9 type bridge vlan_filtering 1');
    const nics = [{ mac: '52:54:00:00:05:01', device: 'tap5', network: 'lan' }];
    await defineGuest(machine(), { name: 'lan1', nics, isUnconfined: true });
    await startGuest(machine(), 'lan1');
    expect(await vlansOf(machine(), 'tap5')).toBe(own(50));
    // The network is made anew, and the tap is in no bridge.
    await must(
      'virsh --quiet net-destroy lan; virsh --quiet net-start lan; ip link set virbr9 type bridge vlan_filtering 1',
    );
    const master = 'basename "$(readlink /sys/class/net/tap5/master)"';
    expect(await must(master)).toBe('\n');
    await restartLibvirtd(machine());
    await until('libvirt puts it back', async () => (await must(master)) === 'virbr9\n');
    await haveVlans('tap5', own(50));
    await until(
      'the own script has run',
      async () => (await machine().run('ls /run/reconnected')).status === 0,
    );
    expect(await must('cat /run/reconnected')).toBe('lan1\n');
    expect(await readLog(machine(), 'qemu_reconnect_begin_lan1_vlan_filtering')).toBe('');
    await until('no unit is failed', async () => (await failed()) === '');

    if (!isWhole) return;
    // The same where systemd is not told of changes.
    await must('systemctl disable --now kvmvlan.path; systemctl stop kvmvlan.service');
    await must(
      'virsh --quiet net-destroy lan; virsh --quiet net-start lan; ip link set virbr9 type bridge vlan_filtering 1',
    );
    await restartLibvirtd(machine());
    await until('libvirt puts it back', async () => (await must(master)) === 'virbr9\n');
    await haveVlans('tap5', own(50));
  });

  onlyWhole(() => {
    describe('no change is lost', () => {
      /** How long a look takes here, where there is no KVM: most of it is the start of node. */
      let lookMs = 0;

      beforeEach(async () => {
        await whenSwitching(machine());
        await machine().write(conf, '[x]\nguest = g*\nnic = 0\npvid = 100\n');
        const script = readFileSync(join(__dirname, 'guest/status_changes.py'), 'utf8');
        await machine().write('/root/status_changes.py', script);
        const timed = await must(
          's=$(date +%s%3N); vlan_filtering --all >/dev/null; echo $(($(date +%s%3N) - s))',
        );
        lookMs = Number(timed);
      });

      test('200 status files that change while the service works: all ports are right soon after the last one', async () => {
        const { seconds, wrong } = JSON.parse(await must('python3 /root/status_changes.py bursts 200')) as {
          seconds: number | null;
          wrong: number[];
        };
        process.stderr.write(`200 bursts: ${seconds} s after the last; a look takes ${lookMs} ms here\n`);
        expect(wrong).toEqual([]);
        expect(seconds).toBeLessThan(2 + (3 * lookMs) / 1000);
        expect(await failed()).toBe('');
      });

      test('200 changes of guests that arrive while kvmvlan-routes.service works: all are routed after the last one', async () => {
        const sections = [...Array(25).keys()].map(
          (number) =>
            `[p${number}]\nguest = g${number}\nuplink = none\nstrict = no\naddress = 10.9.1.${number}\n`,
        );
        await machine().write(conf, '');
        await machine().write(`${hooks}/conf/guest_routes.conf`, sections.join(''));
        await must('for conf in all default; do echo 1 >/proc/sys/net/ipv4/conf/$conf/forwarding; done');
        const timed = await must(
          's=$(date +%s%3N); guest_routes --all >/dev/null; echo $(($(date +%s%3N) - s))',
        );
        const { seconds, wrong } = JSON.parse(await must('python3 /root/status_changes.py routes 25')) as {
          seconds: number | null;
          wrong: number[];
        };
        process.stderr.write(
          `25 guests arrived: ${seconds} s after the last; a look takes ${timed.trim()} ms here\n`,
        );
        expect(wrong).toEqual([]);
        // The timer would find them too, a minute later. Most of it is the preparation of 25 taps.
        expect(seconds).toBeLessThan((12 * Number(timed)) / 1000);
        expect(await failed()).toBe('');
      });

      test('a change between the end of the process and the moment when systemd watches again', async () => {
        const output = await machine().must('python3 /root/status_changes.py gap 4', { timeoutMs: 800_000 });
        const seconds = JSON.parse(output) as (number | null)[];
        process.stderr.write(`changes in the gap: ${output.trim()} s; a look takes ${lookMs} ms here\n`);
        for (const each of seconds) expect(each).not.toBeNull();
        expect(Math.max(...seconds.map(Number))).toBeLessThan(2 + (3 * lookMs) / 1000);
        expect(await failed()).toBe('');
      });
    });
  });

  test('they run in a sandbox', async () => {
    await whenInstalled(machine());
    for (const unit of ['kvmvlan', 'kvmvlan-followup', 'kvmvlan-repair', 'kvmvlan-routes']) {
      const said = await must(`systemd-analyze security --no-pager ${unit}.service | tail -1`);
      expect(Number(/: (\d+\.\d+) /.exec(said)?.[1])).toBeLessThan(2.5);
    }
    expect(await must('stat -c %a /run/kvmvlan')).toBe('755\n');
  });
});
