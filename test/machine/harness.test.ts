import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeMachine } from './describe_machine';
import { Listener } from './frames';
import { defineGuest, guestState, startGuest } from './guests';
import { layNetwork } from './network';

describeMachine('the machine', (machine) => {
  test('boots, with all of its services up', async () => {
    expect(await machine().must('systemctl is-system-running')).toBe('running\n');
    expect(await machine().must('virsh uri')).toContain('qemu:///system');
  });

  test('confines libvirtd with AppArmor', async () => {
    const profiles = await machine().must('cat /sys/kernel/security/apparmor/profiles');
    expect(profiles.split('\n')).toContain('libvirtd (enforce)');
    expect(await machine().must('cat /proc/$(pidof libvirtd)/attr/current')).toBe('libvirtd (enforce)\n');
  });

  test('runs scripts: status, both outputs, stdin, any bytes', async () => {
    const stdin = 'zwei\nZeilen, ohne Ende: \u{1f408}';
    const { status, stdout, stderr } = await machine().run('cat; echo oh >&2; exit 7', { stdin });
    expect({ status, stdout, stderr }).toEqual({ status: 7, stdout: stdin, stderr: 'oh\n' });
  });

  test('shows all that a script prints while the disk is full', async () => {
    const fill =
      'for size in 1G 1M 4K; do part=0; while fallocate -l $size /fill.$size.$part; do part=$((part + 1)); done; done';
    await machine().run(`(${fill}) 2>/dev/null`);
    expect((await machine().run('echo >/root/full')).status).toBe(1);
    expect((await machine().must('yes | head -c 100000')).length).toBe(100_000);
    await machine().must('rm /fill.*');
  });

  test('runs scripts side by side', async () => {
    const waiting = machine().must('until [ -e /run/go ]; do sleep 0.1; done; cat /run/go');
    await machine().must('echo went >/run/go');
    expect(await waiting).toBe('went\n');
  });

  test('kills a script at its time limit, and all that it started', async () => {
    const slow = machine().run('echo so far; sleep 4711 & sleep 4711', { timeoutMs: 2_000 });
    await expect(slow).rejects.toThrow(
      'Not done within 2000 ms: echo so far; sleep 4711 & sleep 4711\nso far\n',
    );
    expect((await machine().run('pgrep -f "^sleep 4711"')).stdout).toBe('');
  });

  test('takes files, with their modes, owned by root', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kvmvlan-copy-'));
    writeFileSync(join(folder, 'big'), Buffer.alloc(5_000_000, 'x'), { mode: 0o640 });
    writeFileSync(join(folder, 'other'), '');
    await machine().copyIn(folder, '/root/copied', ['big']);
    rmSync(folder, { recursive: true });
    const copied = await machine().must('cd /root/copied; stat -c "%n %s %a %U" *; tr -d x <big | wc -c');
    expect(copied).toBe('big 5000000 640 root\n0\n');
  });

  test('goes back to a snapshot: processes, memory and disk', async () => {
    await machine().must('echo before >/root/when; mkdir /run/before; sleep 4712 &');
    await machine().snapshot('before');
    const cutOff = machine().must('sleep 100');
    const told = expect(cutOff).rejects.toThrow('restored to an earlier state');
    await machine().must('echo after >/root/when; rmdir /run/before; pkill -f "^sleep 4712"');
    await machine().restore('before');
    await told;
    const now = await machine().must('cat /root/when; ls -d /run/before; pgrep -fc "^sleep 4712"; date +%s');
    const [when, memory, sleepers, seconds] = now.split('\n');
    expect([when, memory, sleepers]).toEqual(['before', '/run/before', '1']);
    expect(Math.abs(Number(seconds) - Date.now() / 1000)).toBeLessThan(60);
  });

  test('starts guests whose frames are heard where they go', async () => {
    await layNetwork(machine());
    await machine().must('ip link set br0 type bridge vlan_filtering 1; bridge vlan add dev eth0 vid 100');
    const mac = '52:54:00:00:00:01';
    await defineGuest(machine(), { name: 'g 1', sends: true, nics: [{ mac, device: 'tap1' }] });
    const listener = await Listener.start(machine());
    await startGuest(machine(), 'g 1');
    expect(await guestState(machine(), 'g 1')).toBe('running');
    // Nothing gives this port its VLAN: the guest is in VLAN 1 until now, and in 100 from here on.
    const untagged = await listener.hear('the guest is heard untagged', (frames) =>
      frames.some(({ source, device, vid }) => source === mac && device === 'outside' && vid === null),
    );
    expect(untagged.filter(({ source, vid }) => source === mac && vid !== null)).toEqual([]);
    await machine().must('bridge vlan add dev tap1 vid 100 pvid untagged');
    await listener.hear('the guest is heard in VLAN 100', (frames) =>
      frames.some(({ source, device, vid }) => source === mac && device === 'outside' && vid === 100),
    );
  });
});
