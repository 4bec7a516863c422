import { join } from 'node:path';
import { describeKernel } from './describe_kernel';
import { plugInto } from './example_switch';
import { domainXml, installHooks, qemuHook } from './hooks';
import { quote } from './quote';
import { repositoryRoot } from './repository_root';
import { succeed } from './succeed';

describeKernel('what libvirt does not show', (kernel) => {
  test('each port that could not be set is in the journal, with its guest and bridge', async () => {
    await installHooks(kernel, {
      vlan_filtering:
        '[vnet0]\nguest = db1\npvid = 5\n[vnet1]\nguest = db1\npvid = 6\n[vnet2]\nguest = db1\npvid = 7\n',
    });
    await succeed(
      kernel,
      `ip link add br0 up type bridge vlan_filtering 1; ip link add br1 up type bridge
       mkdir -p /run/systemd/journal
       python3 ${quote(join(repositoryRoot(), 'test/bundle/journald.py'))} /run/systemd/journal >/dev/null 2>&1 &
       until [ -e /run/systemd/journal/socket ]; do sleep 0.1; done`,
    );
    for (const [dev, bridge] of [
      ['vnet0', 'br0'],
      ['vnet1', 'br1'],
      ['vnet2', 'br1'],
    ] as const)
      await plugInto(kernel, dev, bridge);
    const xml = domainXml('db1', [
      { dev: 'vnet0', bridge: 'br0' },
      { dev: 'vnet1', bridge: 'br1' },
      { dev: 'vnet2', bridge: 'br1' },
    ]);
    expect(await qemuHook(kernel, 'db1', 'started', xml)).toMatchObject({ status: 0 });
    const text = await succeed(
      kernel,
      'for i in $(seq 50); do [ $(wc -l </run/systemd/journal/entries) -ge 2 ] && break; sleep 0.1; done; cat /run/systemd/journal/entries',
    );
    const entries = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string>);
    const common = {
      PRIORITY: '3',
      SYSLOG_FACILITY: '3',
      SYSLOG_IDENTIFIER: 'kvmvlan',
      KVMVLAN_GUEST: 'db1',
      KVMVLAN_BRIDGE: 'br1',
      KVMVLAN_PHASE: 'qemu_started_begin',
      KVMVLAN_SCRIPT: 'vlan_filtering',
    };
    const says = (port: string): unknown =>
      expect.stringMatching(
        `^qemu db1 started begin: port ${port} of guest db1: bridge br1 does not filter VLANs`,
      );
    expect(entries).toEqual([
      { ...common, KVMVLAN_PORT: 'vnet1', MESSAGE: says('vnet1') },
      { ...common, KVMVLAN_PORT: 'vnet2', MESSAGE: says('vnet2') },
    ]);
  });
});
