import { describeKernel } from './describe_kernel';
import { configure, HOOKS, installHooks, VLAN_FILTERING } from './hooks';
import { installSpies, SPIED, toldTools } from './spy';
import { runningXml, writeStatusFiles, type RunningGuest } from './status_file';
import { succeed } from './succeed';
import { port, vlanTable } from './vlan_table';

const TRUNK = '[br0]\ntrunk-port = eth0\ntrunk-pvid = none\ntrunk-tags = auto\ntrunk-tags-always = 7\n';
const QUARANTINE = '[everyone]\nguest = *\nbridge = br0\npvid = 999\n';

describeKernel('all running guests', (kernel) => {
  const guest = (name: string, ...devs: string[]): RunningGuest => ({
    name,
    interfaces: devs.map((dev) => ({ dev })),
  });
  const plug = async (...devs: string[]): Promise<void> => {
    const lines = devs.map((dev) => `tuntap add dev ${dev} mode tap\nlink set ${dev} up master br0`);
    await succeed(kernel, 'ip -batch -', { stdin: `${lines.join('\n')}\n` });
  };

  beforeEach(async () => {
    await kernel.reset();
    await installHooks(kernel, { bridge_init: '', vlan_filtering: '' });
    await succeed(kernel, 'ip link add br0 up type bridge vlan_filtering 1');
    await succeed(kernel, 'ip link add eth0 up type dummy; ip link set eth0 master br0');
  });

  test('500 guests with two ports each: two reads, one batch, and then nothing to do', async () => {
    const guests = Array.from({ length: 500 }, (_, i) => guest(`g${i}`, `a${i}`, `b${i}`));
    await plug(...guests.flatMap(({ interfaces }) => interfaces.map(({ dev }) => dev)));
    await writeStatusFiles(kernel, guests);
    await configure(kernel, {
      vlan_filtering: '[a]\nguest = g*\nnic = 0\npvid = 10\ntagged = 20-29\n' + QUARANTINE,
    });
    await installSpies(kernel);
    const done = await succeed(kernel, `${SPIED} ${VLAN_FILTERING} --all`, { timeoutMs: 120_000 });
    expect(done).toMatch(/done: 1000 ports as wanted, 1000 changed/);
    const told = await toldTools(kernel);
    expect(told.filter((line) => /^bridge (-j )?vlan show$/.test(line))).toHaveLength(2);
    expect(told.filter((line) => line.startsWith('bridge vlan add'))).toHaveLength(1500);
    const table = await vlanTable(kernel);
    expect(table.a499).toBe(`${port(10)}, 20-29`);
    expect(table.b0).toBe(port(999));
    const again = await succeed(kernel, `${VLAN_FILTERING} --all`, { timeoutMs: 120_000 });
    expect(again).toMatch(/^done: 1000 ports as wanted, 0 changed, in \d+ ms\n$/);
  }, 300_000);

  test('a restart of libvirtd with 256 guests heals every port, by one process for all', async () => {
    const names = Array.from({ length: 256 }, (_, i) => `g${i}`);
    await plug(...names.map((name) => `v${name}`));
    await writeStatusFiles(
      kernel,
      names.map((name) => guest(name, `v${name}`)),
    );
    await configure(kernel, { vlan_filtering: '[s]\nguest = g*\nnic = 0\npvid = 42\n' });
    const reconnects = names.map((name) => `${HOOKS}/qemu ${name} reconnect begin - <xml >/dev/null 2>&1 &`);
    await succeed(
      kernel,
      `rm ${HOOKS}/qemu_reconnect_begin.d/vlan_filtering; cd /run; cat >xml
       ${HOOKS}/daemon - start - start
       ${reconnects.join('\n')}
       wait`,
      { timeoutMs: 240_000, stdin: runningXml(guest('g0', 'vg0')) },
    );
    const table = await vlanTable(kernel);
    expect(names.filter((name) => table[`v${name}`] !== port(42))).toEqual([]);
    expect(await succeed(kernel, `ls ${HOOKS}/logs`)).not.toContain('reconnect');
  }, 300_000);

  test('a reload of libvirtd is all it takes after an edit', async () => {
    await plug('vnet0');
    await writeStatusFiles(kernel, [guest('db1', 'vnet0')]);
    await configure(kernel, { vlan_filtering: '[s]\nguest = db1\nnic = 0\npvid = 42\n' });
    await succeed(
      kernel,
      `ln -s ../qemu_start_begin.d/vlan_filtering ${HOOKS}/daemon_reload.d/; cd /; ${HOOKS}/daemon - reload begin SIGHUP`,
    );
    expect((await vlanTable(kernel)).vnet0).toBe(port(42));
  });

  test('a tap that has lost its bridge is put back, with its VLANs, before it is up', async () => {
    await plug('vnet0', 'vnet1', 'vnet2');
    const interfaces = [{ dev: 'vnet0' }, { dev: 'vnet1' }];
    await writeStatusFiles(kernel, [{ name: 'db1', interfaces }]);
    await configure(kernel, { vlan_filtering: '[s]\nguest = db1\nnic = 0\npvid = 42\n' });
    // As ifdown and ifup do; and a tap that no guest has.
    await succeed(kernel, 'for tap in vnet0 vnet1 vnet2; do ip link set $tap nomaster; done');
    await installSpies(kernel);
    await succeed(kernel, `${SPIED} ${VLAN_FILTERING} --all`);
    const { vnet0, vnet1, vnet2 } = await vlanTable(kernel);
    expect([vnet0, vnet1, vnet2]).toEqual([port(42), port(1), undefined]);
    const told = (await toldTools(kernel)).filter((line) => line.includes('vnet0'));
    expect([told[0], told.at(-1)]).toEqual(['ip link set dev vnet0 down', 'ip link set dev vnet0 up']);
    expect(await succeed(kernel, 'ip link show dev vnet0')).toContain('master br0');
    expect(await succeed(kernel, 'ip link show dev vnet0')).toMatch(/<.*\bUP\b.*>/);
    expect(await succeed(kernel, `${VLAN_FILTERING} --all`)).toContain('0 changed');
  });

  test('dispatch.conf binds a run for all, and the reload of the daemon, but not one guest named by hand', async () => {
    await plug('vnet0', 'vnet1');
    await writeStatusFiles(kernel, [guest('web1', 'vnet0'), guest('db1', 'vnet1')]);
    const vlan_filtering = '[s]\nguest = *\nnic = 0\npvid = 42\n';
    const ports = async () => {
      const { vnet0, vnet1 } = await vlanTable(kernel);
      return [vnet0, vnet1];
    };
    await configure(kernel, { vlan_filtering, dispatch: '[vlan_filtering]\nenabled = no\n' });
    expect(await succeed(kernel, `${VLAN_FILTERING} --all`)).toBe(
      `nothing to do: ${HOOKS}/conf/dispatch.conf disables vlan_filtering\n`,
    );
    expect(await ports()).toEqual([port(1), port(1)]);

    await configure(kernel, { dispatch: '[vlan_filtering]\nguests = web*\nenabled = noo\n' });
    const wrong = await kernel.run(`${VLAN_FILTERING} --all`);
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toContain('dispatch.conf:3: [vlan_filtering] enabled = noo');
    expect(await ports()).toEqual([port(1), port(1)]);

    await configure(kernel, { dispatch: '[vlan_filtering]\nguests = web*\n' });
    await succeed(
      kernel,
      `ln -s ../qemu_start_begin.d/vlan_filtering ${HOOKS}/daemon_reload.d/; cd /; ${HOOKS}/daemon - reload begin SIGHUP`,
    );
    expect(await ports()).toEqual([port(42), port(1)]);
    await succeed(kernel, `${VLAN_FILTERING} db1`);
    expect(await ports()).toEqual([port(42), port(42)]);
  });

  test('the start of the daemon restores what was lost, and what libvirt plugs in again afterwards', async () => {
    await plug('vnet0');
    await writeStatusFiles(kernel, [guest('db1', 'vnet0')]);
    await configure(kernel, { vlan_filtering: '[s]\nguest = db1\nnic = 0\npvid = 42\n' });
    const began = Date.now();
    await succeed(kernel, `cd /; ${HOOKS}/daemon - start - start`);
    // libvirt waits for it; what it leaves behind stays a minute.
    expect(Date.now() - began).toBeLessThan(30_000);
    expect((await vlanTable(kernel)).vnet0).toBe(port(42));

    // Here is no systemd that would notice. libvirt puts a tap back into its bridge, then writes the status file.
    await succeed(kernel, 'ip link set vnet0 nomaster; ip link set vnet0 master br0');
    expect((await vlanTable(kernel)).vnet0).toBe(port(1));
    await writeStatusFiles(kernel, [guest('db1', 'vnet0')]);
    for (let i = 0; i < 100 && (await vlanTable(kernel)).vnet0 !== port(42); i++)
      await new Promise((resolve) => setTimeout(resolve, 200));
    expect((await vlanTable(kernel)).vnet0).toBe(port(42));
  });

  test("one guest's conf error does not keep the others from being set", async () => {
    await plug('vnet0', 'vnet1');
    await writeStatusFiles(kernel, [guest('good', 'vnet0'), guest('bad', 'vnet1')]);
    await configure(kernel, {
      vlan_filtering: '[b]\nguest = bad\nnic = 0\npvid = 0\n[g]\nguest = good\nnic = 0\npvid = 5\n',
    });
    const run = await kernel.run(`${VLAN_FILTERING} --all`);
    expect(run.status).toBe(1);
    expect(run.stderr).toContain('vlan_filtering.conf:4: [b] pvid = 0: not a VID.');
    const { vnet0, vnet1 } = await vlanTable(kernel);
    expect([vnet0, vnet1]).toEqual([port(5), port(1)]);
  });

  test('an automatic trunk grows before a guest runs and shrinks after the last one has stopped', async () => {
    await configure(kernel, {
      bridge_init: TRUNK,
      vlan_filtering: '[s]\nguest = vm*\nnic = 0\npvid = 50\ntagged = 60\n',
    });
    await succeed(
      kernel,
      `mkdir ${HOOKS}/qemu_stopped_end.d; ln -s ../qemu_start_begin.d/vlan_filtering ${HOOKS}/qemu_stopped_end.d/`,
    );
    await succeed(kernel, `bridge vlan del dev br0 vid 1 self; ${HOOKS}/daemon - start - start`);
    expect((await vlanTable(kernel)).eth0).toBe(port(null, 7));
    const hook = (name: string, dev: string, phase: string): Promise<string> =>
      succeed(kernel, `cd /; ${HOOKS}/qemu ${name} ${phase} -`, { stdin: runningXml(guest(name, dev)) });
    for (const [name, dev] of [
      ['vm1', 'vnet1'],
      ['vm2', 'vnet2'],
    ] as const) {
      await plug(dev);
      await hook(name, dev, 'start begin');
      expect((await vlanTable(kernel)).eth0).toBe(port(null, 7, 50, 60));
    }
    for (const [name, dev, left] of [
      ['vm1', 'vnet1', [7, 50, 60]],
      ['vm2', 'vnet2', [7]],
    ] as const) {
      await succeed(kernel, `ip link del ${dev}`);
      await hook(name, dev, 'stopped end');
      expect((await vlanTable(kernel)).eth0).toBe(port(null, ...left));
    }
  });

  test('guests that start and stop side by side leave the trunk exactly right', async () => {
    await configure(kernel, {
      bridge_init: TRUNK,
      vlan_filtering: Array.from(
        { length: 6 },
        (_, i) => `[s${i}]\nguest = vm${i}\nnic = 0\npvid = ${50 + i}\n`,
      ).join(''),
    });
    await succeed(
      kernel,
      `bridge vlan del dev br0 vid 1 self; mkdir ${HOOKS}/qemu_stopped_end.d
      ln -s ../qemu_start_begin.d/vlan_filtering ${HOOKS}/qemu_stopped_end.d/`,
    );
    const all = [0, 1, 2, 3, 4, 5];
    await plug(...all.map((i) => `vnet${i}`));
    const files = all.map(
      (i) => `cat >/run/vm${i}.xml <<'EOF'\n${runningXml(guest(`vm${i}`, `vnet${i}`))}\nEOF`,
    );
    // Where node takes seconds to start, the last one may wait for the lock in vain: it is refused, and tried again.
    const call = (i: number, phase: string): string => {
      const hook = `${HOOKS}/qemu vm${i} ${phase} - </run/vm${i}.xml`;
      const said = `/run/vm${i}.said`;
      return `{ ${hook} 2>${said} || { cat ${said} >&2; grep -q bridges.lock ${said} && ${hook}; }; } & hooks="$hooks $!"`;
    };
    const ended = 'for hook in $hooks; do wait $hook; done; hooks=';
    // The even ones start while the odd ones, which ran before, stop.
    const odd = all.filter((i) => i % 2 === 1);
    const even = all.filter((i) => i % 2 === 0);
    await succeed(
      kernel,
      `${files.join('\n')}\ncd /; ${odd.map((i) => call(i, 'start begin')).join('\n')}\n${ended}
       ${odd.map((i) => `ip link del vnet${i}`).join('\n')}
       ${even.map((i) => `${call(i, 'start begin')}\n${call(i + 1, 'stopped end')}`).join('\n')}\n${ended}`,
      { timeoutMs: 120_000 },
    );
    expect((await vlanTable(kernel)).eth0).toBe(port(null, 7, 50, 52, 54));
  }, 180_000);
});
