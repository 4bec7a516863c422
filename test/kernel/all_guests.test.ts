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
    expect([told[0], told.at(-1)]).toEqual(['link set dev vnet0 down', 'link set dev vnet0 up']);
    expect(await succeed(kernel, 'ip link show dev vnet0')).toContain('master br0');
    expect(await succeed(kernel, 'ip link show dev vnet0')).toMatch(/<.*\bUP\b.*>/);
    expect(await succeed(kernel, `${VLAN_FILTERING} --all`)).toContain('0 changed');
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
    const call = (i: number, phase: string): string => `${HOOKS}/qemu vm${i} ${phase} - </run/vm${i}.xml &`;
    // The even ones start while the odd ones, which ran before, stop.
    const odd = all.filter((i) => i % 2 === 1);
    const even = all.filter((i) => i % 2 === 0);
    await succeed(
      kernel,
      `${files.join('\n')}\ncd /; ${odd.map((i) => call(i, 'start begin')).join('\n')}\nwait
       ${odd.map((i) => `ip link del vnet${i}`).join('\n')}
       ${even.map((i) => `${call(i, 'start begin')}\n${call(i + 1, 'stopped end')}`).join('\n')}\nwait`,
      { timeoutMs: 120_000 },
    );
    expect((await vlanTable(kernel)).eth0).toBe(port(null, 7, 50, 52, 54));
  }, 180_000);
});
