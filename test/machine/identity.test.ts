import { createHash } from 'node:crypto';
import { denials } from './denials';
import { describeMachine } from './describe_machine';
import { defineGuest, guestState, startGuest, type Nic } from './guests';
import { hooks, readLog } from './installed';
import { whenSwitching } from './readme_example';
import { vlansOf } from './vlans';

const conf = `${hooks}/conf/vlan_filtering.conf`;
const mac = (n: number): string => `52:54:00:00:aa:0${n}`;
/** Half of what a start costs here is AppArmor's. */
const isUnconfined = true;
/** As domainXml gives them. */
const uuidOf = (name: string): string =>
  createHash('md5')
    .update(name)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

describeMachine('ports by what they are', (machine) => {
  beforeEach(() => whenSwitching(machine()));

  afterEach(async () => {
    expect(await denials(machine())).toEqual([]);
  });

  /** What libvirt called the taps of a guest, in the order of its interfaces. */
  async function taps(name: string): Promise<string[]> {
    const list = await machine().must(`virsh --quiet domiflist ${name}`);
    return [...list.matchAll(/^ *(\S+)/gm)].map(([, tap = '']) => tap);
  }

  async function vlansOfGuest(name: string): Promise<string[]> {
    return Promise.all((await taps(name)).map((tap) => vlansOf(machine(), tap)));
  }

  test('MAC, number, alias, network, UUID and glob find a port whatever libvirt calls it; strangers are in quarantine', async () => {
    await machine().must('virsh --quiet net-define /dev/stdin; virsh --quiet net-start lan', {
      stdin: `<network><name>lan</name><forward mode='bridge'/><bridge name='br0'/></network>`,
    });
    await machine().write(
      conf,
      `[by mac]
mac = ${mac(1)}
pvid = 101

[by number]
guest = db1
nic = 1
pvid = 102

[by alias]
guest = db1
alias = ua-backup
pvid = 103

[by network]
guest = db*
network = lan
pvid = 104

[by uuid]
guest = ${uuidOf('web7')}
nic = 0
pvid = 105

[quarantine]
guest = *
bridge = br0
pvid = 999
`,
    );
    const nic = (n: number, other: Partial<Nic> = {}): Nic => ({ mac: mac(n), ...other });
    const db1 = [nic(1), nic(2), nic(3, { alias: 'ua-backup' }), nic(4, { network: 'lan' }), nic(5)];
    await defineGuest(machine(), { name: 'db1', nics: db1, isUnconfined });
    await defineGuest(machine(), { name: 'web7', nics: [nic(6), nic(8, { network: 'lan' })], isUnconfined });
    await defineGuest(machine(), { name: 'stranger', nics: [nic(7)], isUnconfined });
    await Promise.all(['db1', 'web7', 'stranger'].map((name) => startGuest(machine(), name)));
    expect((await taps('db1')).every((tap) => /^vnet\d+$/.test(tap))).toBe(true);
    expect(await vlansOfGuest('db1')).toEqual(
      [101, 102, 103, 104, 999].map((vid) => `${vid} PVID Egress Untagged`),
    );
    const web7 = ['105 PVID Egress Untagged', '999 PVID Egress Untagged'];
    expect(await vlansOfGuest('web7')).toEqual(web7);
    expect(await vlansOfGuest('stranger')).toEqual(['999 PVID Egress Untagged']);
    const log = await readLog(machine(), 'qemu_start_begin_db1_vlan_filtering');
    expect(log).toMatch(
      new RegExp(`vnet\\d+.*${conf}:\\d+: \\[by alias\\] \\(guest = db1, alias = ua-backup\\)`),
    );

    // Status files tell of a network's interface otherwise than hooks are told.
    expect(await machine().must('vlan_filtering --all --dry-run')).not.toContain('would run');

    // Every new start is a new name.
    const before = await taps('web7');
    await machine().must('virsh --quiet destroy web7');
    await startGuest(machine(), 'web7');
    expect(await taps('web7')).not.toEqual(before);
    expect(await vlansOfGuest('web7')).toEqual(web7);
  });

  test('what virsh metadata keeps with the guest counts; a malformed one fails the start with its text', async () => {
    await machine().write(
      conf,
      '[DEFAULT]\nmetadata = prefer\n\n[rest]\nguest = *\nbridge = br0\npvid = 999\n',
    );
    await defineGuest(machine(), { name: 'db1', nics: [{ mac: mac(1) }, { mac: mac(2) }], isUnconfined });
    const keep = (ports: string): Promise<string> =>
      machine().must(
        `virsh --quiet metadata db1 --uri urn:kvmvlan:ports:1 --key kvmvlan --config --set "$(cat)"`,
        { stdin: `<ports>${ports}</ports>` },
      );
    await keep(`<port mac='${mac(1)}' pvid='100' tagged='200 300'/>`);
    await startGuest(machine(), 'db1');
    expect(await vlansOfGuest('db1')).toEqual([
      '100 PVID Egress Untagged, 200, 300',
      '999 PVID Egress Untagged',
    ]);

    await machine().must('virsh --quiet destroy db1');
    await keep(`<port mac='${mac(1)}' pvid='10O'/>`);
    const { status, stderr } = await machine().run('virsh --quiet start db1');
    expect(status).toBe(1);
    expect(stderr).toContain('10O');
    expect(stderr).toContain('pvid');
    expect(await guestState(machine(), 'db1')).toBe('shut off');
  });
});
