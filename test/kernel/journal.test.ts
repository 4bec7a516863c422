import { JOURNAL_KINDS } from '../../lib/system/log/journal_kinds';
import { describeKernel } from './describe_kernel';
import { plugInto } from './example_switch';
import { domainXml, installHooks, qemuHook } from './hooks';
import { startJournal, takeEntries } from './journal_entries';
import { succeed } from './succeed';

describeKernel('what libvirt does not show', (kernel) => {
  test('each port that could not be set, and the ports that were set, are in the journal', async () => {
    await installHooks(kernel, {
      vlan_filtering:
        '[vnet0]\nguest = db1\npvid = 5\n[vnet1]\nguest = db1\npvid = 6\n[vnet2]\nguest = db1\npvid = 7\n',
    });
    await succeed(kernel, `ip link add br0 up type bridge vlan_filtering 1; ip link add br1 up type bridge`);
    await startJournal(kernel);
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
    const source = { SYSLOG_FACILITY: '3', SYSLOG_IDENTIFIER: 'kvmvlan' };
    const ofHook = { ...source, KVMVLAN_GUEST: 'db1', KVMVLAN_SCRIPT: 'vlan_filtering' };
    const common = {
      ...ofHook,
      MESSAGE_ID: JOURNAL_KINDS['port-not-set'].id,
      PRIORITY: '3',
      KVMVLAN_BRIDGE: 'br1',
      KVMVLAN_PHASE: 'qemu_started_begin',
    };
    const says = (port: string): unknown =>
      expect.stringMatching(
        `^qemu db1 started begin: port ${port} of guest db1: bridge br1 does not filter VLANs`,
      );
    expect(await takeEntries(kernel, 3)).toEqual([
      { ...common, KVMVLAN_PORT: 'vnet1', MESSAGE: says('vnet1') },
      { ...common, KVMVLAN_PORT: 'vnet2', MESSAGE: says('vnet2') },
      {
        ...ofHook,
        MESSAGE_ID: JOURNAL_KINDS['port-set'].id,
        PRIORITY: '6',
        MESSAGE: 'qemu db1 started begin: set port vnet0 of guest db1: now PVID 5',
        KVMVLAN_BRIDGE: 'br0',
        KVMVLAN_PORT: 'vnet0',
        KVMVLAN_PHASE: 'qemu_started_begin',
      },
    ]);

    // If the journal is slow, what was set is not waited for, and what was not set is written all the same.
    await succeed(
      kernel,
      `bridge vlan del dev vnet0 vid 5; cp "$(command -v logger)" /run/logger.own
       printf '%s\\n' '#!/bin/sh' 'entry=$(cat)' \\
         'case "$entry" in *PRIORITY=6*) exec sleep 30 ;; esac' \\
         'printf "%s\\n" "$entry" | exec /run/logger.own "$@"' >/run/logger.slow
       chmod 755 /run/logger.slow; mount --bind /run/logger.slow "$(command -v logger)"`,
    );
    expect(await qemuHook(kernel, 'db1', 'started', xml)).toMatchObject({ status: 0 });
    expect(await takeEntries(kernel, 2)).toMatchObject([
      { KVMVLAN_PORT: 'vnet1', MESSAGE: says('vnet1') },
      { KVMVLAN_PORT: 'vnet2', MESSAGE: says('vnet2') },
    ]);
    await succeed(kernel, 'umount "$(command -v logger)"');

    // A hook that libvirt does not ignore has failed, and libvirt logs that. The ports are in the journal all the same.
    expect(await qemuHook(kernel, 'db1', 'start', xml)).toMatchObject({ status: 1 });
    expect(await takeEntries(kernel, 2)).toMatchObject([
      { KVMVLAN_PORT: 'vnet1', MESSAGE_ID: common.MESSAGE_ID, KVMVLAN_PHASE: 'qemu_start_begin' },
      { KVMVLAN_PORT: 'vnet2', MESSAGE_ID: common.MESSAGE_ID, KVMVLAN_PHASE: 'qemu_start_begin' },
    ]);

    await succeed(
      kernel,
      `ip link set br1 type bridge vlan_filtering 1
       bridge vlan del dev vnet1 vid 6; bridge vlan del dev vnet2 vid 7`,
    );
    expect(await qemuHook(kernel, 'db1', 'start', xml)).toMatchObject({ status: 0 });
    expect(await takeEntries(kernel, 1)).toMatchObject([
      {
        MESSAGE_ID: JOURNAL_KINDS['port-set'].id,
        MESSAGE:
          'qemu db1 start begin: set port vnet1 of guest db1: now PVID 6; port vnet2 of guest db1: now PVID 7',
        KVMVLAN_GUEST: 'db1',
        KVMVLAN_PORT: ['vnet1', 'vnet2'],
      },
    ]);
    // Nothing was to be changed.
    expect(await qemuHook(kernel, 'db1', 'started', xml)).toMatchObject({ status: 0 });
    expect(await takeEntries(kernel, 0)).toEqual([]);
  });
});
