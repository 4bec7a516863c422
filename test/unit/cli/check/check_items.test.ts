import { formatPending } from '../../../../lib/apply/rollback/pending';
import { formatRejected } from '../../../../lib/apply/rollback/rejected';
import { BOOT_ID_FILE, PENDING_FILE, REJECTED_FILE } from '../../../../lib/apply/rollback/state_files';
import type { Facts, HookFile } from '../../../../lib/cli/check/facts';
import { runItems } from '../../../../lib/cli/check/run_items';
import { ROOT } from '../../fake_host/fake_host';
import { bridge, bridgePort, member, tunnelPort } from '../../model/host/host_parts';
import { factsOf, type Changes } from './facts_of';

async function about(item: string, changes: Changes, more: Partial<Facts> = {}): Promise<object[]> {
  return runItems({ ...(await factsOf(changes)), ...more }).filter((each) => each.item === item);
}

describe('a change', () => {
  const pending = (until: number): Changes => ({
    files: {
      [BOOT_ID_FILE]: 'this\n',
      [PENDING_FILE]: formatPending({
        ...{ id: '7', bootId: 'this', until, root: ROOT, files: [] },
        touched: { uplinks: [], bridges: new Map(), ports: new Map() },
        move: null,
      }),
    },
  });
  const path = `${ROOT}/conf/bridge_init.conf`;
  const rejected = (files: { path: string; rejected: string }[]): Changes => ({
    files: { [REJECTED_FILE]: formatRejected({ at: 0, why: 'undone', files, held: null }) },
  });

  test.each<[what: string, changes: Changes, level: string, code: string, message: string, remedy: string]>([
    [
      'waits',
      pending(Date.UTC(2100, 0)),
      'warning',
      'change-pending',
      'a change waits to be confirmed until 2100-01-01T00:00:00Z',
      'sudo kvmvlan confirm   # or sudo kvmvlan undo',
    ],
    [
      'is over',
      pending(0),
      'failure',
      'rollback-incomplete',
      'a change was not confirmed in time, and is not completely rolled back yet',
      'sudo kvmvlan undo',
    ],
    [
      'was rolled back',
      rejected([{ path, rejected: `${path}.rejected` }]),
      'warning',
      'change-rolled-back',
      'a change was rolled back at 1970-01-01T00:00:00Z: it was undone by hand',
      `diff -u ${path} ${path}.rejected`,
    ],
    [
      'was rolled back, and was no edit',
      rejected([]),
      'warning',
      'change-rolled-back',
      'a change was rolled back at 1970-01-01T00:00:00Z: it was undone by hand',
      'sudo kvmvlan apply',
    ],
  ])('%s', async (_what, changes, level, code, message, remedy) => {
    expect(await about('change', changes)).toEqual([{ item: 'change', level, code, message, remedy }]);
  });

  test('none', async () => {
    expect(await about('change', {})).toEqual([]);
  });
});

describe('a tunnel', () => {
  const tunnel = (vlans?: ReturnType<typeof member>): Changes => ({
    bridges: [bridge('br0', { filtering: true })],
    ports: [
      bridgePort('eth0', member(1, 100, 200)),
      bridgePort('veth0', member(100)),
      tunnelPort('vxlan0', { 300: 10300, 301: 10301 }, vlans),
    ],
  });

  test('whose VLANs keep their tags', async () => {
    expect(await about('tunnel', tunnel())).toMatchObject([{ level: 'ok', code: 'ok', remedy: null }]);
  });

  test('whose VLANs lose them', async () => {
    const vlans = { pvid: null, vlans: new Map([...member(300).vlans, ...member(301).vlans]) };
    expect(await about('tunnel', tunnel(vlans))).toEqual([
      {
        item: 'tunnel',
        level: 'failure',
        code: 'tunnel-untagged',
        message: 'VLAN 300-301 leaves vxlan0 of br0 untagged, so the tunnel does not carry it',
        remedy: 'sudo bridge vlan add dev vxlan0 vid 300-301',
      },
    ]);
  });
});

describe('hooks', () => {
  const changed = async (file: Partial<NonNullable<HookFile['file']>>): Promise<HookFile[]> => {
    const { hooks } = await factsOf({});
    return hooks.map((hook) =>
      hook.driver === 'qemu' && hook.file !== null ? { ...hook, file: { ...hook.file, ...file } } : hook,
    );
  };

  test('one that is not executable', async () => {
    expect(await about('hooks', {}, { hooks: await changed({ isExecutable: false }) })).toEqual([
      {
        item: 'hooks',
        level: 'failure',
        code: 'hook-not-executable',
        message: `${ROOT}/qemu is not executable, so libvirt ignores it`,
        remedy: `sudo chmod 755 ${ROOT}/qemu`,
      },
    ]);
  });

  test('one that is a link to elsewhere, which AppArmor denies', async () => {
    const hooks = await changed({ linksTo: '/opt/qemu' });
    expect(await about('apparmor', {}, { hooks })).toMatchObject([
      {
        level: 'failure',
        code: 'hook-link-denied',
        message: `${ROOT}/qemu is a link to /opt/qemu, which AppArmor does not let libvirtd run`,
      },
    ]);
    const unconfined = { files: { '/proc/77/attr/current': 'unconfined\n' } };
    expect(await about('apparmor', unconfined, { hooks })).toMatchObject([{ level: 'ok' }]);
  });
});

test('scripts in a folder that cannot be read', async () => {
  const { needed } = await factsOf({});
  const [first, ...others] = needed.map((each) => ({ ...each, scripts: null }));
  expect(first?.phase).toBe('daemon start');
  const found = await about('scripts', {}, { needed: first === undefined ? [] : [first] });
  expect(found).toEqual([
    {
      item: 'scripts',
      level: 'unknown',
      code: 'not-known',
      message: `${ROOT}/daemon_start.d cannot be read, so the scripts of daemon start are not known`,
      remedy: 'sudo kvmvlan check',
    },
  ]);
  expect(await about('scripts', {}, { needed: others })).toHaveLength(others.length);
});

test('SELinux whose labels, or whose boolean, cannot be read', async () => {
  const on = { '/sys/fs/selinux/enforce': '1' };
  expect(await about('selinux', { files: on })).toMatchObject([
    { level: 'unknown', code: 'not-known', remedy: `sudo ls -Zd ${ROOT}` },
  ]);
  const commands = {
    [`ls -Zd ${ROOT}`]: `u:r:virt_hook_t:s0 ${ROOT}`,
    [`restorecon -nvR ${ROOT}`]: '',
    'semodule -l': 'kvmvlan\n',
  };
  const virtqemud = { ...on, '/proc/77/comm': 'virtqemud\n' };
  expect(await about('selinux', { files: virtqemud, commands })).toMatchObject([
    { level: 'ok' },
    { level: 'unknown', code: 'not-known', remedy: 'getsebool virt_hooks_unconfined' },
  ]);
});

test('a section of bridge_init.conf whose bridge is there, and whose trunk is in another bridge', async () => {
  const changes = {
    bridges: [bridge('br0', { filtering: true }), bridge('br1', { filtering: true })],
    ports: [
      bridgePort('eth1', member(1, 100, 200)),
      bridgePort('veth0', member(100)),
      bridgePort('eth0', member(1), 'br1'),
    ],
    files: { [`${ROOT}/conf/bridge_init.conf`]: '[br0]\ntrunk-port = eth0 eth1\ntrunk-tags = 100 200\n' },
  };
  expect(await about('uplink', changes)).toEqual([
    {
      item: 'uplink',
      level: 'failure',
      code: 'trunk-in-other-bridge',
      message: `trunk port eth0 is in bridge br1 (${ROOT}/conf/bridge_init.conf:1)`,
      remedy: 'sudo ip link set dev eth0 master br0 up && sudo bridge_init',
    },
  ]);
});
