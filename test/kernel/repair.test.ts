import { join } from 'node:path';
import { JOURNAL_KINDS } from '../../lib/system/log/journal_kinds';
import { describeKernel } from './describe_kernel';
import { configure, HOOKS, installHooks } from './hooks';
import { startJournal, takeEntries } from './journal_entries';
import { KVMVLAN } from './kvmvlan';
import { quote } from './quote';
import { repositoryRoot } from './repository_root';
import { announced } from './spy';
import { writeStatusFiles } from './status_file';
import { succeed } from './succeed';
import { port, vlanTable } from './vlan_table';

const CONFS = {
  bridge_init: '[br0]\ntrunk-port = eth0\ntrunk-tags = 100 200\nbr-pvid = 1\n',
  vlan_filtering: '[a]\nguest = VM1\nnic = 0\npvid = 100\n[b]\nguest = VM2\nnic = 0\npvid = 200\n',
};
const RIGHT = { br0: port(1), eth0: port(1, 100, 200), tap1: port(100), tap2: port(200), free: port(1) };
const REPAIR = `${HOOKS}/bin/kvmvlan-repair`;

describeKernel('what others have changed is repaired', (kernel) => {
  const masterOf = async (dev: string): Promise<string> =>
    (await succeed(kernel, `basename "$(readlink /sys/class/net/${dev}/master || echo none)"`)).trim();
  const isUp = async (dev: string): Promise<boolean> =>
    (await succeed(kernel, `ip link show dev ${dev}`)).includes(',UP');
  const repair = (args = '') => succeed(kernel, `${KVMVLAN} repair ${args}`);
  /** The check of every minute; how often it had to start `kvmvlan repair`, and what it wrote. */
  const minute = async (): Promise<{ runs: number; status: number | null; said: string }> => {
    const { status, stdout, stderr } = await kernel.run(
      `: >/run/runs; ${REPAIR}; status=$?; cat /run/runs >&2; exit $status`,
    );
    return { runs: stderr.split('\n').length - 1, status, said: stdout };
  };

  beforeEach(async () => {
    await kernel.reset();
    await installHooks(kernel, CONFS);
    const script = join(repositoryRoot(), 'conf/dispatchers/kvmvlan-repair');
    await succeed(
      kernel,
      `cp ${quote(script)} ${HOOKS}/bin/
       mv ${KVMVLAN} ${KVMVLAN}.real
       printf '#!/bin/sh\\necho ran >>/run/runs\\nexec "$0.real" "$@"\\n' >${KVMVLAN}; chmod 755 ${KVMVLAN}
       ip link add br0 up type bridge; ip link add br1 up type bridge vlan_filtering 1
       ip link add eth0 up type dummy; ip link set eth0 master br0
       for tap in tap1 tap2 free; do ip tuntap add $tap mode tap; ip link set $tap master br0 up; done`,
    );
    await writeStatusFiles(kernel, [
      { name: 'VM1', interfaces: [{ dev: 'tap1' }] },
      { name: 'VM2', interfaces: [{ dev: 'tap2' }] },
      { name: 'VM3', interfaces: [{ dev: 'free' }] },
    ]);
    await succeed(kernel, `${KVMVLAN} apply --yes`);
    const { br1: _, ...table } = await vlanTable(kernel);
    expect(table).toEqual(RIGHT);
  });

  /** As if these texts had been applied. */
  const tookEffect = async (confs: Record<string, string>): Promise<void> => {
    await configure(kernel, confs);
    await succeed(kernel, `cp ${HOOKS}/conf/*.conf ${HOOKS}/applied/`);
  };

  const table = async () => {
    const { br1: _, ...all } = await vlanTable(kernel);
    return all;
  };

  test('conf that has not taken effect yet is nothing to go back to', async () => {
    await succeed(kernel, `rm -r ${HOOKS}/applied; bridge vlan del dev eth0 vid 100`);
    expect(await repair("--because 'NetworkManager up br0'")).toBe('');
    expect(await repair()).toMatch(
      /^Nothing to repair\.\n(not run: .*\.conf has not taken effect yet; .*\n){2}$/,
    );
    expect((await vlanTable(kernel)).eth0).toEqual(port(1, 200));
  });

  test('filtering, the trunk and the ports come back, and what was done is printed', async () => {
    await succeed(
      kernel,
      `ip link set br0 type bridge vlan_filtering 0; bridge vlan del dev eth0 vid 100
       bridge vlan add dev tap1 vid 1 pvid untagged; ip link set tap2 nomaster; ip link set free nomaster`,
    );
    const said = await repair("--because 'NetworkManager up br0'");
    expect(await table()).toEqual(RIGHT);
    expect(await succeed(kernel, 'cat /sys/class/net/br0/bridge/vlan_filtering')).toBe('1\n');
    for (const dev of ['tap2', 'free']) {
      expect(await masterOf(dev)).toBe('br0');
      expect(await isUp(dev)).toBe(true);
    }
    const lines = said.split('\n');
    expect(lines[0]).toBe('Repaired after NetworkManager up br0:');
    expect(lines).toContain('br0: ran ip link set dev br0 type bridge vlan_filtering 1');
    expect(lines).toContain('tap2: guest VM2; was in no bridge, put back into br0');
    expect(lines).toContain('free: guest VM3; was in no bridge, put back into br0');
    expect(said).toMatch(/^tap1: found PVID 1, untagged 100; wanted PVID 100$/m);
    expect(await repair()).toMatch(
      /^Nothing to repair\.\ndone: 1 bridge, 0 changed, in \d+ ms\ndone: 2 ports as wanted, 0 changed, in \d+ ms\n$/,
    );
    expect(await repair("--because 'NetworkManager up br0'")).toBe('');
  });

  test('each bridge that was repaired is in the journal, and a port that cannot be repaired is there once', async () => {
    await startJournal(kernel);
    await succeed(
      kernel,
      `bridge vlan del dev eth0 vid 100; bridge vlan add dev tap1 vid 1 pvid untagged; ip link set free nomaster
       mkdir -p /run/kvmvlan; echo 'ifup br0' >/run/kvmvlan/because`,
    );
    expect(await minute()).toMatchObject({ status: 0 });
    const common = { SYSLOG_FACILITY: '3', SYSLOG_IDENTIFIER: 'kvmvlan' };
    expect(await takeEntries(kernel, 1)).toEqual([
      {
        ...common,
        MESSAGE_ID: JOURNAL_KINDS['drift-repaired'].id,
        PRIORITY: '5',
        MESSAGE:
          'Repaired after ifup br0: bridge br0; port tap1 of guest VM1: now PVID 100; ' +
          'port free of guest VM3: was in no bridge, and is in br0 again',
        KVMVLAN_BRIDGE: 'br0',
        KVMVLAN_GUEST: ['VM1', 'VM3'],
        KVMVLAN_PORT: ['tap1', 'free'],
      },
    ]);
    expect(await minute()).toMatchObject({ status: 0 });

    await succeed(kernel, 'ip link set tap1 nomaster; ip link set tap1 master br1');
    for (let times = 0; times < 3; times++) expect(await minute()).toMatchObject({ status: 1 });
    expect(await takeEntries(kernel, 1)).toEqual([
      {
        ...common,
        MESSAGE_ID: JOURNAL_KINDS['port-not-set'].id,
        PRIORITY: '3',
        MESSAGE: expect.stringMatching(/^repair: port tap1 of guest VM1: it is in bridge br1/) as string,
        KVMVLAN_GUEST: 'VM1',
        KVMVLAN_PORT: 'tap1',
        KVMVLAN_BRIDGE: 'br1',
      },
    ]);
    // By hand the user sees it.
    await kernel.run(`${KVMVLAN} repair`);
    expect(await takeEntries(kernel, 0)).toEqual([]);
  });

  test('a port that goes back is in no VLAN but its own while it is up', async () => {
    await succeed(kernel, 'ip link set tap2 nomaster');
    await succeed(kernel, 'mkdir -p /run/spy');
    const lines = await announced(kernel, () => repair());
    // The default PVID is given to it while it is down.
    expect(lines.length).toBeGreaterThan(0);
    const links = await succeed(kernel, 'cat /run/spy/announced');
    const states = [...links.matchAll(/tap2: <([^>]*)>/g)].map(([, flags]) =>
      flags?.split(',').includes('UP'),
    );
    expect(states[0]).toBe(false);
    expect(await table()).toEqual(RIGHT);
    expect(await isUp('tap2')).toBe(true);
  });

  test('what is in another bridge, or is no tap of a guest that runs, is left alone', async () => {
    await succeed(
      kernel,
      `ip link set tap1 nomaster; ip link set tap1 master br1; ip link set tap2 nomaster; rm /run/libvirt/qemu/VM2.xml
       ip link del free; ip link add free up type dummy`,
    );
    const { status, stderr } = await kernel.run(`${KVMVLAN} repair`);
    expect(status).toBe(1);
    expect(stderr).toMatch(/port tap1 of guest VM1: it is in bridge br1, not in br0/);
    expect(await masterOf('tap1')).toBe('br1');
    expect(await masterOf('tap2')).toBe('none');
    expect(await masterOf('free')).toBe('none');
  });

  test('a port that cannot be given its VLANs stays out of the bridge', async () => {
    await succeed(kernel, 'ip link set tap2 nomaster');
    await tookEffect({ ...CONFS, bridge_init: '[br0]\nvlan-filtering = no\n' });
    for (let times = 0; times < 2; times++) {
      const { status, stderr } = await kernel.run(`${KVMVLAN} repair`);
      expect(status).not.toBe(0);
      expect(stderr).toMatch(/port tap2 of guest VM2: it is not in a Linux bridge/);
      expect(await masterOf('tap2')).toBe('none');
    }
    await tookEffect(CONFS);
    await repair();
    expect(await table()).toEqual(RIGHT);
    expect(await isUp('tap2')).toBe(true);
  });

  test.each([
    ['is right', 'bridge_init', CONFS.bridge_init.replace('100 200', '100 200 300')],
    ['is wrong', 'vlan_filtering', '[b]\nguest = VM2\nnic = 0\npvid = x\n'],
  ])('an edit that %s is not carried out, and keeps nothing from being repaired', async (_is, name, text) => {
    await configure(kernel, { [name]: text });
    await succeed(kernel, 'ip link set tap2 nomaster; bridge vlan del dev eth0 vid 100');
    const said = await repair();
    expect(await table()).toEqual(RIGHT);
    expect(said).toMatch(new RegExp(`/${name}\\.conf has an edit that is not applied; `));
  });

  test('a change that begins while it waits for the lock is not taken back', async () => {
    const tried = { ...RIGHT, eth0: port(1, 100, 200, 300) };
    await configure(kernel, { bridge_init: CONFS.bridge_init.replace('100 200', '100 200 300') });
    await succeed(kernel, `${KVMVLAN} apply --yes --confirm 600`);
    expect(await table()).toEqual(tried);
    await succeed(
      kernel,
      `mv /var/lib/kvmvlan/pending.json /run/pending.json; bridge vlan del dev eth0 vid 100
       flock /run/kvmvlan/bridges.lock sleep 600 & held=$!
       until ! flock -n /run/kvmvlan/bridges.lock true; do sleep 0.1; done
       ${KVMVLAN} repair --because test >/run/said 2>&1 & repair=$!
       sleep 8; kill -0 $repair; mv /run/pending.json /var/lib/kvmvlan/; pkill -P $held; wait $repair`,
    );
    expect(await table()).toEqual(tried);
    expect(await succeed(kernel, 'cat /run/said')).toMatch(/^Repaired after test/);
  });

  describe('every minute', () => {
    test('node is not started where nothing has changed; else it is repaired, with the time of the last correct state', async () => {
      expect(await minute()).toEqual({ runs: 1, status: 0, said: '' });
      expect(await minute()).toEqual({ runs: 0, status: 0, said: '' });
      await succeed(
        kernel,
        'touch -d "3 minutes ago" /run/kvmvlan/right-at; bridge vlan del dev eth0 vid 200',
      );
      const { runs, status, said } = await minute();
      expect({ runs, status }).toEqual({ runs: 1, status: 0 });
      expect(said).toMatch(/^Repaired after a change by an unknown program; last found correct 3 min ago:\n/);
      expect(said).toMatch(/\nbr0: ran bridge vlan add dev eth0 vid 200\n/);
      expect(await table()).toEqual(RIGHT);
      expect(await minute()).toEqual({ runs: 0, status: 0, said: '' });
    });

    test.each([
      ['filtering', 'ip link set br0 type bridge vlan_filtering 0'],
      ["a guest's VLAN", 'bridge vlan del dev tap1 vid 100'],
      ["a guest's port", 'ip link set tap1 nomaster'],
      ['the default PVID', 'ip link set br0 type bridge vlan_default_pvid 7'],
      ["the bridge's own VLAN", 'bridge vlan del dev br0 vid 1 self'],
      ['a flag of a port', 'bridge link set dev tap1 isolated on'],
      ['the protocol', 'ip link set br0 type bridge vlan_protocol 802.1ad'],
    ])('%s is noticed', async (_what, change) => {
      await minute();
      await succeed(kernel, change);
      expect((await minute()).runs).toBeGreaterThan(0);
    });

    test('the first of several programs that announced the change is named', async () => {
      await minute();
      await succeed(
        kernel,
        `mkdir -p /run/bin; printf '#!/bin/sh\\necho "$*" >>/run/started\\n' >/run/bin/systemctl; chmod 755 /run/bin/systemctl
         ip link set br0 type bridge vlan_filtering 0
         sed -i 's|^PATH=|PATH=/run/bin:|' ${REPAIR}
         ${REPAIR} 'NetworkManager reapply br0'; ${REPAIR} 'NetworkManager up eth0'; cat /run/started`,
      );
      const { said } = await minute();
      expect(said).toMatch(/^Repaired after NetworkManager reapply br0; last found correct \d+ s ago:\n/);
      expect(await succeed(kernel, 'cat /run/started')).toBe(
        '--no-block start kvmvlan-repair.service\n--no-block start kvmvlan-repair.service\n',
      );
      expect((await kernel.run('test -e /run/kvmvlan/because')).status).toBe(1);
    });

    test('a program that announces a change never fails for it', async () => {
      // As ifup calls it: what does not succeed is a failure of the interface.
      const announce = `sed -i 's|^run=.*|run=/run/none|; s|^PATH=|PATH=/run/bin:|' ${REPAIR}
        mkdir -p /run/bin; printf '#!/bin/sh\\necho masked >&2; exit 1\\n' >/run/bin/systemctl; chmod 755 /run/bin/systemctl
        touch /run/none; ${REPAIR} 'ifup br0'`;
      const { status, stderr } = await kernel.run(announce);
      expect(status).toBe(0);
      expect(stderr).toContain('masked');
    });

    test('what cannot be repaired is tried each time, and reported once', async () => {
      await succeed(kernel, 'ip link set tap1 nomaster; ip link set tap1 master br1');
      const first = await minute();
      expect(first.status).toBe(1);
      expect(first.said).toMatch(/port tap1 of guest VM1: it is in bridge br1/);
      expect(await minute()).toMatchObject({ runs: 1, status: 1, said: '' });
      await succeed(kernel, 'ip link set tap1 nomaster');
      expect((await minute()).said).toMatch(/^Repaired after/);
      expect(await minute()).toEqual({ runs: 0, status: 0, said: '' });
    });

    test('a host without any bridge is left alone', async () => {
      await succeed(
        kernel,
        'ip link del br0; ip link del br1; ip link del tap1; ip link del tap2; ip link del free',
      );
      await tookEffect({ bridge_init: '', vlan_filtering: '' });
      await minute();
      expect(await minute()).toEqual({ runs: 0, status: 0, said: '' });
    });

    test('without kvmvlan it says so', async () => {
      await succeed(kernel, `rm ${KVMVLAN}`);
      const { status, said } = await minute();
      expect(status).toBe(127);
      expect(said).toMatch(/kvmvlan: (.*)not found/);
    });
  });
});
