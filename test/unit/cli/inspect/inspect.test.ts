import { join } from 'node:path';
import { inspect } from '../../../../lib/cli/inspect/inspect';
import { describeState } from '../../../../lib/cli/explain/describe_state';
import { expectGolden } from '../../golden';
import { fixture } from '../../model/guest/fixtures';
import { runCommand } from '../run_command';

const golden = (name: string): string => join(__dirname, 'golden', name);
const xml = fixture('qemu_started_begin');
const status = (state: string): string => `<domstatus state='${state}' reason='x' pid='1'>${xml}</domstatus>`;

describe('kvmvlan inspect', () => {
  test('a running guest, from its status file', async () => {
    const files = { '/run/libvirt/qemu/VM2.xml': status('running'), '/etc/libvirt/qemu/VM2.xml': 'older' };
    const ran = await runCommand(inspect, { guest: 'VM2' }, { files });
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expectGolden(golden('inspect_running.txt'), ran.stdout);
  });

  test('a guest that is off, from its definition', async () => {
    const off = "<domain type='kvm'><name>off</name><devices/></domain>";
    const ran = await runCommand(inspect, { guest: 'off' }, { files: { '/etc/libvirt/qemu/off.xml': off } });
    expectGolden(golden('inspect_off.txt'), ran.stdout);
  });

  test('a saved XML, as JSON', async () => {
    const ran = await runCommand(
      inspect,
      { xml: '/tmp/x.xml', json: true },
      { files: { '/tmp/x.xml': xml } },
    );
    const report = JSON.parse(ran.stdout) as { interfaces: object[]; disks: object[] };
    expect(report).toMatchObject({
      name: 'VM2',
      uuid: '327216e4-de65-4828-96bd-017bd6b40a16',
      state: null,
      file: '/tmp/x.xml',
    });
    expect(report.interfaces[0]).toMatchObject({ dev: 'veth1', mac: '52:54:00:00:02:01', bridge: 'br0' });
    expect(report.disks[0]).toMatchObject({ dev: 'vda', format: 'qcow2' });
  });

  test.each([
    ['running', 'running'],
    ['blocked', 'running, waiting for a device'],
    ['paused', 'paused'],
    ['shutdown', 'shutting down'],
    ['shutoff', 'shut off'],
    ['crashed', 'crashed'],
    ['pmsuspended', 'suspended by its own power management'],
    ['teleported', 'teleported'],
    ['constructor', 'constructor'],
  ])('the state %s is told as "%s"', (state, words) => {
    expect(describeState(state)).toBe(words);
  });

  test.each([
    [
      {},
      'expects either a guest or --xml FILE. For example, run `kvmvlan inspect VM1`. `virsh list --all` lists the guests.\n',
    ],
    [{ guest: 'VM3' }, 'there is no guest VM3. Did you mean `VM2`?\n'],
    [{ guest: 'database' }, 'there is no guest database. The guests of this host are VM2.\n'],
    [
      { guest: '../x' },
      '"../x" cannot be the name of a guest. Use the name of a guest, or --xml FILE with inspect and simulate.\n',
    ],
    [{ xml: 'x.xml' }, 'there is no file x.xml. Save the XML of a guest with `virsh dumpxml GUEST >FILE`.\n'],
  ])('%j is refused, with what to do', async (args, text) => {
    const ran = await runCommand(inspect, args, { files: { '/run/libvirt/qemu/VM2.xml': xml } });
    expect(ran).toEqual({ status: 2, stdout: '', stderr: text });
  });

  test('of many guests the first are named', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `web${100 + index}`);
    const files = Object.fromEntries(names.map((name) => [`/run/libvirt/qemu/${name}.xml`, xml]));
    const ran = await runCommand(inspect, { guest: 'database' }, { files });
    expect(ran.stderr).toContain('The guests of this host are web100, web101,');
    expect(ran.stderr).toContain('web109 and 2 more.\n');
  });

  test('without root it says what it lacks', async () => {
    const files = { '/run/libvirt/qemu/VM2.xml': null };
    const ran = await runCommand(inspect, { guest: 'VM2' }, { files, isRoot: false });
    expect(ran.stderr).toContain("Only root may read libvirt's files. Run the command with sudo.");
  });
});
