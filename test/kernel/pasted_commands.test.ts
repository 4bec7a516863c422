import { describeKernel } from './describe_kernel';
import { plugInto } from './example_switch';
import { BRIDGE_INIT, configure, installHooks, VLAN_FILTERING } from './hooks';
import { KVMVLAN } from './kvmvlan';
import { quote } from './quote';
import { runningXml, writeStatusFiles } from './status_file';
import { succeed } from './succeed';
import { port, vlanTable } from './vlan_table';

/** Names that a guest may give its taps, and the kernel takes: in a shell each would do something else. */
const TAPS = ['$(>ran)', '`>ran`', 'a"b', "it's", 'a\\b', 'a;>ran', '$w', 'w*', '#w'];
const CONF = '[all]\nguest = *\nbridge = br0\npvid = 7\n';

describeKernel(
  'commands that are shown can be pasted into a shell, whatever a guest calls its taps',
  (kernel) => {
    beforeEach(async () => {
      await kernel.reset();
      await installHooks(kernel, {
        bridge_init: '[br0]\ntrunk-port = $(>x)\ntrunk-tags = 5\n',
        vlan_filtering: CONF,
      });
      await succeed(kernel, 'ip link add br0 up type bridge vlan_filtering 1');
      await succeed(kernel, `ip link add name '$(>x)' type dummy; ip link set '$(>x)' master br0`);
      for (const name of TAPS) await plugInto(kernel, name, 'br0');
      await writeStatusFiles(kernel, [
        { name: '$(>ran)', interfaces: TAPS.map((dev) => ({ dev: dev.replace("'", '&apos;') })) },
      ]);
    });

    const paste = async (commands: readonly string[]): Promise<void> => {
      expect(commands.length).toBeGreaterThanOrEqual(TAPS.length);
      await succeed(kernel, `mkdir /run/empty; cd /run/empty\n${commands.join('\n')}`);
      expect(await succeed(kernel, 'ls /run/empty')).toBe('');
      const table = await vlanTable(kernel);
      for (const name of TAPS) expect([name, table[name]]).toEqual([name, port(7)]);
    };

    test('by `kvmvlan plan`', async () => {
      const { stdout } = await kernel.run(`${KVMVLAN} plan`);
      await paste(stdout.split('\n').filter((line) => /^ {4}(bridge|ip) /.test(line)));
      expect((await vlanTable(kernel))['$(>x)']).toBe(port(1, 5));
    });

    test('by `kvmvlan plan --json`', async () => {
      const { stdout } = await kernel.run(`${KVMVLAN} plan --json`);
      const { changes } = JSON.parse(stdout) as { changes: { commands: string[] }[] };
      await paste(changes.flatMap(({ commands }) => commands));
    });

    test('by --dry-run, and in the logs of runs that did it', async () => {
      const of = (text: string): string[] =>
        [...text.matchAll(/: (?:would run|ran) (.*)/g)].map(([, one = '']) => one);
      const dry = of(await succeed(kernel, `${VLAN_FILTERING} --all --dry-run`));
      const done = of(await succeed(kernel, `${VLAN_FILTERING} --all`));
      expect(done).toEqual(dry);
      await succeed(
        kernel,
        `for tap in ${TAPS.map(quote).join(' ')}; do bridge vlan del dev "$tap" vid 7; done`,
      );
      await paste(dry.filter((command) => !command.includes(' del ')));
    });

    test('by bridge_init, and in what an error says to do', async () => {
      const { stdout } = await kernel.run(`${BRIDGE_INIT} --dry-run`);
      expect(stdout).toContain("br0: would run bridge vlan add dev '$(>x)' vid 5\n");
      await configure(kernel, { vlan_filtering: '[all]\nguest = *\nalias = net0\nbridge = br9\npvid = 7\n' });
      const xml = runningXml({ name: '$(>ran)', interfaces: [{ dev: '$(>ran)' }] }).replaceAll(
        "'br0'",
        "'br9'",
      );
      await succeed(kernel, 'rm /run/libvirt/qemu/*');
      const { stderr } = await kernel.run(`cd /; /run/hooks/qemu '$(>ran)' start begin -`, { stdin: xml });
      expect(stderr).toContain("`ip link set '$(>ran)' master br9`");
    });
  },
);
