import { describeMachine } from './describe_machine';
import { domainXml, guestState, startGuest, type Guest } from './guests';
import { hooks } from './installed';
import { confs, guestsWanted, hostWanted, whenGuestsRun } from './readme_example';
import { until } from './until';
import { vlansOf, vlansOfAll } from './vlans';
import { isWhole } from './test_depth';

/** Every guest that no section names is in quarantine, whatever it says of itself. */
const quarantine = '\n[everybody else]\nguest = *\nbridge = br0\npvid = 999\n';
const all = { ...hostWanted, ...guestsWanted };

describeMachine("a guest's XML is the guest's word", (machine) => {
  beforeEach(() => whenGuestsRun(machine()));

  const must = (command: string): Promise<string> => machine().must(command);
  const setConf = (name: keyof typeof confs, text: string): Promise<void> =>
    machine().write(`${hooks}/conf/${name}.conf`, text);
  const define = (xml: string): Promise<string> =>
    machine().must('virsh --quiet define /dev/stdin', { stdin: xml });
  const evil: Guest = { name: 'EVIL', nics: [], isUnconfined: true };
  const withDevices = (devices: string, more: Partial<Guest> = {}): string =>
    domainXml({ ...evil, ...more }).replace('<memballoon', `${devices}<memballoon`);

  async function expectOthersUntouched(): Promise<void> {
    expect(await vlansOfAll(machine(), Object.keys(all))).toEqual(all);
    expect(await guestState(machine(), 'VM1')).toBe('running');
  }

  test.each(['eth0', 'veth0'])('an interface without a tap, with %s for its target', async (dev) => {
    const tenant = '\n[tenant]\nguest = EVIL*\nnic = 0\npvid = 66\n';
    await setConf('vlan_filtering', `[DEFAULT]\nmetadata = off\n${confs.vlan_filtering}${tenant}`);
    await define(
      withDevices(
        `<interface type='user'><mac address='52:54:00:00:66:00'/><target dev='${dev}'/><rom enabled='no'/></interface>`,
      ),
    );
    const { status, stderr } = await machine().run('virsh start EVIL');
    expect(status).not.toBe(0);
    expect(stderr).toContain('has type user and is not a port of a bridge');
    await expectOthersUntouched();
    // It is that guest's matter, and nobody else's.
    expect((await machine().run('kvmvlan status')).status).toBe(0);
  });

  test('the same by metadata', async () => {
    const ports = `<ports xmlns='urn:kvmvlan:ports:1'><port nic='0' pvid='66' tagged='1-4094'/></ports>`;
    await define(
      withDevices(
        `<interface type='user'><mac address='52:54:00:00:66:00'/><target dev='veth0'/><rom enabled='no'/></interface>`,
        { metadata: ports },
      ),
    );
    expect((await machine().run('virsh start EVIL')).status).not.toBe(0);
    await expectOthersUntouched();
  });

  test('a tap that is called like a trunk stays in quarantine', async () => {
    for (const tags of isWhole ? ['auto', '100 200 300'] : ['auto']) {
      await setConf(
        'bridge_init',
        confs.bridge_init.replace('eth0', 'eth0 bond*').replace(/trunk-tags = .*/, `trunk-tags = ${tags}`),
      );
      await setConf('vlan_filtering', `[DEFAULT]\nmetadata = off\n${confs.vlan_filtering}${quarantine}`);
      await define(domainXml({ ...evil, nics: [{ mac: '52:54:00:00:66:00', device: 'bond9' }] }));
      await startGuest(machine(), 'EVIL');
      expect(await vlansOf(machine(), 'bond9')).toBe('999 PVID Egress Untagged');
      await must('bridge_init; vlan_filtering --all');
      expect(await vlansOf(machine(), 'bond9')).toBe('999 PVID Egress Untagged');
      await must('virsh --quiet destroy EVIL');
    }
    expect(await vlansOfAll(machine(), Object.keys(guestsWanted))).toEqual(guestsWanted);
  });

  test('metadata that libxml2 takes do not hide an interface that is plugged in', async () => {
    await setConf('vlan_filtering', `${confs.vlan_filtering}${quarantine}`);
    await define(domainXml({ ...evil, nics: [{ mac: '52:54:00:00:66:00', device: 'tapa' }] }));
    await startGuest(machine(), 'EVIL');
    for (const [n, ports] of ['<ports><y:z/></ports>', "<ports><x:a y:b='1'/></ports>"].entries()) {
      await must(
        `virsh --quiet metadata EVIL urn:kvmvlan:ports:1 --key k --live --set "${ports}" || exit 77
         virsh --quiet attach-interface EVIL bridge br0 --target hot${n} --model virtio --live`,
      );
      await until(
        `hot${n} is in quarantine`,
        async () => (await vlansOf(machine(), `hot${n}`)) === '999 PVID Egress Untagged',
        20_000,
      );
    }
    const { stdout } = await machine().run('kvmvlan status');
    expect(stdout).toMatch(/hot0 +guest +EVIL +999/);
    await expectOthersUntouched();
  });

  test('metadata without end keep nobody else from being set', async () => {
    await setConf('vlan_filtering', `${confs.vlan_filtering}${quarantine}`);
    await define(domainXml({ ...evil, nics: [{ mac: '52:54:00:00:66:00', device: 'tapa' }] }));
    await startGuest(machine(), 'EVIL');
    await must(
      `attributes=$(seq -f "a%.0f='1'" 12000 | tr '\\n' ' ')
       virsh --quiet metadata EVIL urn:kvmvlan:ports:1 --key k --live --set "<ports><port nic='0' $attributes/></ports>"
       systemctl stop kvmvlan-repair.timer kvmvlan-repair.service kvmvlan.path kvmvlan.service; systemctl reset-failed
       bridge vlan del dev veth0 vid 200`,
    );
    const began = Date.now();
    await machine().run('vlan_filtering --all');
    expect(await vlansOf(machine(), 'veth0')).toBe(guestsWanted.veth0);
    expect((await machine().run('timeout 20 kvmvlan status')).stdout).toMatch(/veth0 +guest +VM1/);
    expect((await machine().run('timeout 20 kvmvlan plan')).status).not.toBe(124);
    // Some seconds of it are node's own starts in an emulated machine.
    expect(Date.now() - began).toBeLessThan(30_000);
  });

  test('a tap of type ethernet is in the bridge that it is in, whatever its XML does not say', async () => {
    await setConf('vlan_filtering', `${confs.vlan_filtering}${quarantine}`);
    await must('ip tuntap add dev tapx mode tap; ip link set tapx master br0 up');
    await define(
      withDevices(
        `<interface type='ethernet'><mac address='52:54:00:00:66:00'/><target dev='tapx' managed='no'/><model type='virtio'/><rom enabled='no'/></interface>`,
      ),
    );
    await startGuest(machine(), 'EVIL');
    expect(await vlansOf(machine(), 'tapx')).toBe('999 PVID Egress Untagged');
  });
});
