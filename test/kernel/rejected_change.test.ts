import { describeKernel } from './describe_kernel';
import {
  BRIDGE_INIT_CONF,
  buildExample,
  domainXml,
  EXAMPLE_TABLE,
  GUESTS,
  PLAIN_BRIDGE,
  plugInto,
} from './example_switch';
import { BRIDGE_INIT, configure, HOOKS, VLAN_FILTERING } from './hooks';
import { KVMVLAN, runGuests } from './kvmvlan';
import { succeed } from './succeed';
import { vlanTable } from './vlan_table';

/** Another VLAN of the trunk for the host: no guard can know that nobody answers there. */
const TRIED = BRIDGE_INIT_CONF.replace('br-pvid = 1', 'br-pvid = 100');

/** What calls kvmvlan by itself, or is run by hand every day. */
const EVENTS = {
  "a guest's start": `cd /; ${HOOKS}/qemu VM1 start begin - </run/VM1.xml`,
  "a network's start": `cd /; ${HOOKS}/network lan started begin - </dev/null`,
  'a reload of the daemon': `cd /; ${HOOKS}/daemon - reload begin SIGHUP`,
  'a start of the daemon': `cd /; ${HOOKS}/daemon - start - start`,
  'a status file that changed': `${VLAN_FILTERING} --all`,
  'bridge_init by hand': BRIDGE_INIT,
} as const;

describeKernel('a change that was rolled back', (kernel) => {
  const isThere = async (path: string): Promise<boolean> =>
    (await kernel.run(`test -e ${path}`)).status === 0;
  const expectOld = async (): Promise<void> => {
    expect(await vlanTable(kernel)).toEqual(EXAMPLE_TABLE);
    expect(await succeed(kernel, `cat ${HOOKS}/conf/bridge_init.conf`)).toBe(BRIDGE_INIT_CONF);
  };
  const expectNoEventBringsItBack = async (): Promise<void> => {
    for (const [event, command] of Object.entries(EVENTS)) {
      const { status, stderr } = await kernel.run(command);
      expect([event, status, stderr]).toEqual([event, 0, '']);
      await expectOld();
    }
    expect(await succeed(kernel, `cat ${HOOKS}/conf/bridge_init.conf.rejected`)).toBe(TRIED);
    for (const command of ['status', 'check'])
      expect((await kernel.run(`${KVMVLAN} ${command}`)).stdout.replace(/\s+/g, ' ')).toContain(
        'a change was rolled back at ',
      );
  };

  beforeEach(async () => {
    await kernel.reset();
    await buildExample(kernel);
    await runGuests(kernel);
    await succeed(kernel, 'ip addr add 192.0.2.1/24 dev br0; cat >/run/VM1.xml', { stdin: domainXml('VM1') });
    await succeed(kernel, `${KVMVLAN} apply --yes`);
    await expectOld();
    await configure(kernel, { bridge_init: TRIED });
  });

  test('by nobody who confirmed it: no event brings it back', async () => {
    await succeed(kernel, `${KVMVLAN} apply --yes --confirm 2`);
    expect(await vlanTable(kernel)).toMatchObject({ br0: expect.stringContaining('100 PVID') as string });
    for (let i = 0; i < 120 && (await isThere('/var/lib/kvmvlan/pending.json')); i++)
      await new Promise((resolve) => setTimeout(resolve, 500));
    await expectOld();
    await expectNoEventBringsItBack();
  }, 120_000);

  test('by a reboot inside its time: not even the first event carries it out', async () => {
    await succeed(kernel, `${KVMVLAN} apply --yes --confirm 600`);
    // As after a boot: another boot id, and a network that nobody but ifupdown has set.
    await succeed(
      kernel,
      `sed -i 's/"bootId":"[^"]*"/"bootId":"another"/' /var/lib/kvmvlan/pending.json
       ip link del br0; ip link del eth0; ${PLAIN_BRIDGE}`,
    );
    for (const tap of Object.values(GUESTS).flat()) {
      await succeed(kernel, `ip link del ${tap} 2>/dev/null || :`);
      await plugInto(kernel, tap, 'br0');
    }
    await succeed(kernel, `cd /; ${HOOKS}/daemon - start - start`);
    await expectOld();
    await expectNoEventBringsItBack();
  }, 120_000);
});
