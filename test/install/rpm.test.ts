import { cpSync, existsSync, lstatSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { modeOf } from '../../build/stage';
import { packageFiles } from '../../build/package_files';
import { installFormer, noteEnabled } from './former';
import { buildPackage, copyOfCheckout, run, whyNoPackages } from './packages';
import { putStandIn, putSystemctl, putTools, standIn, takeCalls } from './stand_in_host';
import type { Run } from './run_install';
import { pathsBelow } from './snapshot';
import { tempFolder } from './temp_folder';
import { write } from './write';

const why = whyNoPackages('rpm', 'rpmbuild', 'rpmlint');
if (why !== undefined) {
  if (process.env.KVMVLAN_REQUIRE_ALL_TIERS === '1') throw new Error(`the rpm: ${why}`);
  process.stderr.write(`install: the rpm is skipped: ${why}\n`);
}

jest.setTimeout(120_000);

const FOREIGN = '#!/bin/sh\necho foreign\n';
/** What the scripts of the package run. */
const TOOLS = ['sh', 'cut', 'grep', 'head', 'mkdir', 'mv', 'readlink', 'rm', 'sed', 'sha256sum', 'sort'];

(why === undefined ? describe : describe.skip)('the rpm', () => {
  let rpmFile: string;
  /** The same with a higher version and another sample. */
  let newer: string;

  beforeAll(() => {
    const checkout = copyOfCheckout();
    rpmFile = buildPackage(checkout, 'rpm');
    const next = copyOfCheckout();
    cpSync(join(checkout, 'build/dist'), join(next, 'build/dist'), { recursive: true });
    const json = readFileSync(join(next, 'package.json'), 'utf8');
    write(join(next, 'package.json'), json.replace('"1.0.0"', '"1.0.1"'));
    write(join(next, 'conf/vlan_filtering.conf'), '# the next sample\n');
    newer = buildPackage(next, 'rpm', 'node build/dist/package.js rpm');
  });

  /** A root for `rpm --root`, with the tools that the scripts need: rpm runs them in the root. */
  class RpmRoot {
    readonly root = join(tempFolder('kvmvlan-rpm-'), 'root');
    readonly hooks = join(this.root, 'etc/libvirt/hooks');
    /** The files of the tools. */
    readonly tools: readonly string[];

    constructor(files: Record<string, string> = {}) {
      putTools(this.root, TOOLS);
      this.tools = pathsBelow(this.root);
      for (const [name, text] of Object.entries(files)) write(join(this.hooks, name), text, 0o755);
    }

    rpm(...args: readonly string[]): Run {
      // Debian's rpm must be told that installing with it is intended.
      const options = ['--force-debian', '--nodeps', '--define', '_dbpath /var/lib/rpm'];
      return run('rpm', ['--root', this.root, ...options, ...args]);
    }

    /** Runs rpm and expects that it has nothing to say, except these lines. */
    done(args: readonly string[], said = ''): void {
      expect(this.rpm(...args)).toEqual({ status: 0, stdout: '', stderr: said });
    }

    read(name: string): string {
      return readFileSync(join(this.hooks, name), 'utf8');
    }

    /** All files and links except the tools and rpm's own. */
    left(): string[] {
      return pathsBelow(this.root).filter(
        (path) =>
          !this.tools.includes(path) &&
          !path.startsWith('var/lib/rpm') &&
          !lstatSync(join(this.root, path)).isDirectory(),
      );
    }
  }

  test('is named after its version', () => {
    expect([rpmFile, newer].map((path) => basename(path))).toEqual([
      'kvmvlan-1.0.0.noarch.rpm',
      'kvmvlan-1.0.1.noarch.rpm',
    ]);
    const query = ['-qp', '--qf', '%{NAME} %{VERSION} %{RELEASE} %{ARCH} %{LICENSE}', rpmFile];
    expect(run('rpm', query).stdout).toBe('kvmvlan 1.0.0 1 noarch MIT');
  });

  test('is the same from another folder, at another time, with another umask and time zone', () => {
    const again = buildPackage(copyOfCheckout(), 'rpm', 'umask 077; TZ=Asia/Tokyo npm run package rpm');
    expect(readFileSync(again).equals(readFileSync(rpmFile))).toBe(true);
  });

  test('contains what build/packages/files lists', () => {
    const format = '[%{FILENAMES} %{FILEMODES:octal} %{FILEUSERNAME}\n]';
    const lines = run('rpm', ['-qp', '--qf', format, rpmFile]).stdout.split('\n');
    const files = new Map(lines.map((line) => [line.split(' ')[0], line]));
    const types: Record<string, string> = { dir: '40', link: '120' };
    for (const file of packageFiles('rpm')) {
      const mode = file.kind === 'link' ? '777' : modeOf(file).toString(8).padStart(3, '0');
      expect(files.get(file.where)).toBe(`${file.where} ${types[file.kind] ?? '100'}${mode} root`);
    }
    const conf = run('rpm', ['-qp', '--configfiles', rpmFile]).stdout.trim().split('\n');
    expect(conf.map((path) => basename(path)).sort()).toEqual([
      'bridge_init.conf',
      'daemon',
      'dispatch.conf',
      'guest_routes.conf',
      'libxl',
      'lxc',
      'network',
      'qemu',
      'vlan_filtering.conf',
    ]);
  });

  test('rpm does not change its scripts', () => {
    const scripts = run('rpm', ['-qp', '--scripts', '--filetriggers', rpmFile]).stdout;
    for (const name of ['posttrans.lua', 'postun.lua', 'preun', 'takeover.sh']) {
      const text = readFileSync(join(__dirname, '../../build/packages', name), 'utf8');
      expect(scripts).toContain(text.replace(/^(#.*\n)+\n?/, '').trimEnd());
    }
    expect(scripts).toContain('transfiletriggerin scriptlet (using /bin/sh) -- /usr/bin\n');
  });

  test('rpmlint finds nothing, and each of its overrides is needed', () => {
    const rc = join(__dirname, '../../build/packages/kvmvlan.rpmlintrc');
    const { status, stdout } = run('rpmlint', ['--rpmlintrc', rc, rpmFile]);
    expect(stdout.split('\n').filter((line) => line.startsWith('kvmvlan'))).toEqual([]);
    expect(stdout).toContain(' 0 errors, 0 warnings, ');
    expect(status).toBe(0);
  });

  test('is installed: the commands run, with the node of the distribution', () => {
    const host = new RpmRoot();
    host.done(['-i', rpmFile]);
    expect(host.read('qemu')).toContain("\nnode='/usr/bin/node'\n");
    expect(run(join(host.hooks, 'bin/kvmvlan'), ['--version'])).toMatchObject({
      status: 0,
      stdout: '1.0.0\n',
    });
    expect(host.rpm('-V', 'kvmvlan').stdout).toBe('');
    host.done(['-e', 'kvmvlan']);
    expect(host.left()).toEqual([]);
    expect(existsSync(join(host.root, 'var/cache/kvmvlan'))).toBe(false);
  });

  test('keeps the hooks of other programs, and gives them back at removal', () => {
    const host = new RpmRoot({ qemu: FOREIGN });
    host.done(['-i', rpmFile], 'warning: /etc/libvirt/hooks/qemu saved as /etc/libvirt/hooks/qemu.rpmorig\n');
    expect(host.read('qemu')).toContain('# kvmvlan 1.0.0 qemu:');
    host.done(['-U', newer]);
    expect(host.read('qemu.rpmorig')).toBe(FOREIGN);
    write(join(host.root, 'var/cache/kvmvlan/snapshot'), 'x');
    host.done(['-e', 'kvmvlan']);
    expect(host.left()).toEqual(['etc/libvirt/hooks/qemu']);
    expect(host.read('qemu')).toBe(FOREIGN);
    expect(existsSync(join(host.root, 'var/cache/kvmvlan'))).toBe(false);
  });

  test('is not removed while a change waits to be confirmed: what rolls it back would go', () => {
    const host = new RpmRoot();
    host.done(['-i', rpmFile]);
    write(join(host.root, 'var/lib/kvmvlan/pending.json'), '{}\n');
    const refused = host.rpm('-e', 'kvmvlan');
    expect(refused.status).not.toBe(0);
    expect(refused.stderr).toContain('Run kvmvlan confirm or kvmvlan undo, then remove the package.');
    expect(existsSync(join(host.hooks, 'bin/kvmvlan'))).toBe(true);
    host.done(['-U', newer]);
  });

  test('an upgrade keeps an edited conf, and updates one that was not edited', () => {
    const host = new RpmRoot();
    host.done(['-i', rpmFile]);
    write(join(host.hooks, 'conf/bridge_init.conf'), '[br0]\ntrunk-port = eth0\n');
    host.done(['-U', newer]);
    expect(host.read('conf/bridge_init.conf')).toContain('eth0');
    expect(host.read('conf/vlan_filtering.conf')).toBe('# the next sample\n');
  });

  test("the predecessor's scripts do not run in addition to kvmvlan's, and come back", () => {
    const host = new RpmRoot({ 'daemon_start.d/bridge_init.py': 'old\n' });
    const said = host.rpm('-i', rpmFile);
    expect([said.status, said.stderr]).toEqual([
      0,
      expect.stringContaining("bridge_init.py is kvmvlan's predecessor"),
    ]);
    expect(existsSync(join(host.hooks, 'daemon_start.d/bridge_init.py'))).toBe(false);
    host.done(['-U', newer]);
    host.done(['-e', 'kvmvlan']);
    expect(host.read('daemon_start.d/bridge_init.py')).toBe('old\n');
  });

  test('the start-up snapshot is made at the installation, and again for each new node and version', () => {
    const host = new RpmRoot();
    host.done(['-i', nodeRpm('1')]);
    host.done(['-i', rpmFile]);
    expect(takeCalls(host.root)).toEqual(['node 1: /etc/libvirt/hooks/bin/kvmvlan snapshot']);
    host.done(['-U', nodeRpm('2')]);
    expect(takeCalls(host.root)).toEqual(['node 2: /etc/libvirt/hooks/bin/kvmvlan snapshot']);
    host.done(['-U', newer]);
    expect(takeCalls(host.root)).toEqual(['node 2: /etc/libvirt/hooks/bin/kvmvlan snapshot']);
  });

  describe('on a host with systemd, libvirt and SELinux (stand-ins)', () => {
    const UNITS = ['kvmvlan.path', 'kvmvlan-repair.timer', 'kvmvlan-routes.path', 'kvmvlan-routes.timer'];

    function runningHost(): RpmRoot {
      const host = new RpmRoot();
      putSystemctl(host.root);
      for (const name of ['semodule', 'setsebool']) putStandIn(host.root, name);
      for (const name of ['selinuxenabled', 'getsebool'])
        write(join(host.root, 'usr/bin', name), '#!/bin/sh\n', 0o755);
      return host;
    }

    test('an installation allows hooks, enables and starts the units, and reloads libvirt', () => {
      const host = runningHost();
      host.done(['-i', rpmFile]);
      expect(takeCalls(host.root)).toEqual([
        'semodule -X 200 -i /usr/share/selinux/packages/kvmvlan.cil',
        'setsebool -P virt_hooks_unconfined on',
        ...UNITS.map((unit) => `systemctl --no-reload enable ${unit}`),
        'systemctl daemon-reload',
        ...UNITS.map((unit) => `systemctl try-restart ${unit}`),
        ...UNITS.map((unit) => `systemctl start ${unit}`),
        'systemctl reload libvirtd.service',
      ]);
    });

    test('an upgrade restarts the units that run, and does not reload libvirt', () => {
      const host = runningHost();
      host.done(['-i', rpmFile]);
      takeCalls(host.root);
      host.done(['-U', newer]);
      expect(takeCalls(host.root)).toEqual([
        'systemctl daemon-reload',
        ...UNITS.map((unit) => `systemctl try-restart ${unit}`),
      ]);
    });

    test('an upgrade enables and starts the units that the former version did not have', () => {
      const host = runningHost();
      host.done(['-i', rpmFile]);
      takeCalls(host.root);
      const added = ['kvmvlan-routes.path', 'kvmvlan-routes.timer'];
      for (const unit of added) rmSync(join(host.root, 'usr/lib/systemd/system', unit));
      host.done(['-U', newer]);
      expect(takeCalls(host.root)).toEqual([
        ...added.map((unit) => `systemctl --no-reload enable ${unit}`),
        'systemctl daemon-reload',
        ...UNITS.map((unit) => `systemctl try-restart ${unit}`),
        ...added.map((unit) => `systemctl start ${unit}`),
      ]);
    });

    test('a removal stops and disables the units, and removes the module', () => {
      const host = runningHost();
      host.done(['-i', rpmFile]);
      takeCalls(host.root);
      host.done(['-e', 'kvmvlan']);
      expect(takeCalls(host.root)).toEqual([
        `systemctl stop ${UNITS.join(' ')} kvmvlan-routes.service`,
        `systemctl --no-reload disable ${UNITS.join(' ')}`,
        'semodule -X 200 -r kvmvlan',
      ]);
    });

    test('a host without the boolean needs no module', () => {
      const host = runningHost();
      write(join(host.root, 'usr/bin/getsebool'), '#!/bin/sh\nexit 1\n', 0o755);
      host.done(['-i', rpmFile]);
      expect(takeCalls(host.root).filter((call) => call.startsWith('se'))).toEqual([]);
    });

    test('what an earlier install.sh installed needs no reload, and a unit that was disabled stays disabled', () => {
      const host = runningHost();
      installFormer(host.root);
      noteEnabled(host.root, 'kvmvlan-repair.timer');
      expect(host.rpm('-i', rpmFile).status).toBe(0);
      const calls = takeCalls(host.root);
      expect(calls).toContain('systemctl --no-reload enable kvmvlan.path');
      expect(calls).not.toContain('systemctl --no-reload enable kvmvlan-repair.timer');
      expect(calls.filter((call) => / reload /.test(call))).toEqual([]);
    });
  });

  /** A package whose node only notes how it was called. */
  function nodeRpm(version: string): string {
    const folder = tempFolder('kvmvlan-node-');
    write(join(folder, 'node'), standIn(`node ${version}:`));
    const lines = [
      ...['Name: node', `Version: ${version}`, 'Release: 1', 'Summary: x', 'License: x', 'BuildArch: noarch'],
      ...['%description', '%install', 'install -D -m 755 %{_topdir}/node %{buildroot}/usr/bin/node'],
      ...['%files', '/usr/bin/node'],
    ];
    write(join(folder, 'node.spec'), `${lines.join('\n')}\n`);
    expect(run('rpmbuild', ['-bb', '--define', `_topdir ${folder}`, join(folder, 'node.spec')]).status).toBe(
      0,
    );
    return join(folder, `RPMS/noarch/node-${version}-1.noarch.rpm`);
  }

  describe('takes over an installation by an earlier install.sh', () => {
    function installedByScript(files: Record<string, string> = {}): RpmRoot {
      const host = new RpmRoot();
      installFormer(host.root, files);
      return host;
    }

    test('and leaves none of its files', () => {
      const host = installedByScript();
      const fresh = new RpmRoot();
      expect(host.rpm('-i', rpmFile).status).toBe(0);
      fresh.done(['-i', rpmFile]);
      expect(host.left()).toEqual(fresh.left());
      for (const name of ['bridge_init', 'dispatch', 'guest_routes', 'vlan_filtering'])
        expect(host.read(`conf/${name}.conf`)).toBe(fresh.read(`conf/${name}.conf`));
      host.done(['-e', 'kvmvlan']);
      expect(host.left()).toEqual([]);
    });

    test('and keeps an edited conf', () => {
      const host = installedByScript();
      write(join(host.hooks, 'conf/vlan_filtering.conf'), 'mine\n');
      expect(host.rpm('-i', rpmFile).status).toBe(0);
      expect(host.read('conf/vlan_filtering.conf')).toBe('mine\n');
      expect(existsSync(join(host.hooks, 'conf/vlan_filtering.conf.rpmnew'))).toBe(true);
    });

    test('and what it set aside comes back at removal', () => {
      const host = installedByScript({ qemu: FOREIGN });
      expect(host.rpm('-i', rpmFile).status).toBe(0);
      expect(host.read('qemu')).toContain('# kvmvlan 1.0.0 qemu:');
      host.done(['-e', 'kvmvlan']);
      expect(host.read('qemu')).toBe(FOREIGN);
    });
  });
});
