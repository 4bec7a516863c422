import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { packageFiles } from '../../build/package_files';
import { installFormer, noteEnabled } from './former';
import { buildPackage, copyOfCheckout, DpkgRoot, run, whyNoPackages } from './packages';
import { putStandIn, putSystemctl, putTools, standIn, takeCalls } from './stand_in_host';
import { differences, pathsBelow, snapshot } from './snapshot';
import { tempFolder } from './temp_folder';
import { write } from './write';

const why = whyNoPackages('dpkg-deb', 'lintian');
if (why !== undefined) {
  if (process.env.KVMVLAN_REQUIRE_ALL_TIERS === '1') throw new Error(`the Debian package: ${why}`);
  process.stderr.write(`install: the Debian package is skipped: ${why}\n`);
}

jest.setTimeout(120_000);

const HOOKS = ['daemon', 'network', 'qemu', 'lxc', 'libxl'];
const FOREIGN = '#!/bin/sh\necho foreign\n';
const WANTS = 'etc/systemd/system/multi-user.target.wants/kvmvlan.path';
const TIMER_WANTS = 'etc/systemd/system/timers.target.wants/kvmvlan-repair.timer';

(why === undefined ? describe : describe.skip)('the Debian package', () => {
  let checkout: string;
  let deb: string;
  /** The same with a higher version and another sample. */
  let newer: string;

  beforeAll(() => {
    checkout = copyOfCheckout();
    deb = buildPackage(checkout, 'deb');
    const next = copyOfCheckout();
    cpSync(join(checkout, 'build/dist'), join(next, 'build/dist'), { recursive: true });
    const json = readFileSync(join(next, 'package.json'), 'utf8');
    write(join(next, 'package.json'), json.replace('"1.0.0"', '"1.0.1"'));
    write(join(next, 'conf/vlan_filtering.conf'), '# the next sample\n');
    newer = buildPackage(next, 'deb', 'node build/dist/package.js deb');
  });

  /** A root in which these hooks of other programs were before. */
  function hostWith(files: Record<string, string>): DpkgRoot {
    const host = new DpkgRoot();
    for (const [name, text] of Object.entries(files)) write(join(host.hooks, name), text, 0o755);
    return host;
  }

  function installed(files: Record<string, string> = {}): DpkgRoot {
    const host = hostWith(files);
    host.done('-i', deb);
    return host;
  }

  /** All paths of the root that do not belong to dpkg itself, except empty folders of the system. */
  function leftIn({ root }: DpkgRoot): string[] {
    return pathsBelow(root).filter(
      (path) => !path.startsWith('var/lib/dpkg') && !lstatSync(join(root, path)).isDirectory(),
    );
  }

  test('is named after its version', () => {
    expect([deb, newer].map((path) => basename(path))).toEqual([
      'kvmvlan_1.0.0_all.deb',
      'kvmvlan_1.0.1_all.deb',
    ]);
    expect(run('dpkg-deb', ['-f', deb, 'Package', 'Version', 'Architecture']).stdout).toBe(
      'Package: kvmvlan\nVersion: 1.0.0\nArchitecture: all\n',
    );
  });

  test('is the same from another folder, at another time, with another umask and time zone', () => {
    const again = buildPackage(copyOfCheckout(), 'deb', 'umask 077; TZ=Asia/Tokyo npm run package deb');
    expect(readFileSync(again).equals(readFileSync(deb))).toBe(true);
  });

  test('contains what build/packages/files lists', () => {
    const { root } = installed();
    const modes: Record<string, string> = { hook: '0755', exec: '0755' };
    for (const { kind, what, where } of packageFiles('deb')) {
      const path = join(root, where);
      const stat = lstatSync(path);
      if (kind === 'link') expect([where, readlinkSync(path)]).toEqual([where, what]);
      else {
        const mode = kind === 'dir' ? what : (modes[kind] ?? '0644');
        expect([where, (stat.mode & 0o7777).toString(8).padStart(4, '0')]).toEqual([where, mode]);
      }
      expect([where, stat.uid, stat.gid]).toEqual([where, 0, 0]);
    }
  });

  test('contains the licenses of the npm packages in the hooks', () => {
    const { root } = installed();
    const { stdout } = run('gzip', ['-dc', join(root, 'usr/share/doc/kvmvlan/licenses.gz')]);
    for (const name of ['execa', 'ini', 'winston', 'yargs', 'yargs-parser']) {
      const { version } = JSON.parse(
        readFileSync(join(checkout, 'node_modules', name, 'package.json'), 'utf8'),
      ) as { version: string };
      expect(stdout).toContain(`\n${name} ${version}\n\n`);
    }
    expect(stdout).toMatch(/^execa .*\n\nMIT License\n\nCopyright /m);
    expect(stdout).not.toContain('typescript');
  });

  test('has only the sample confs as conffiles', () => {
    expect(run('dpkg-deb', ['--ctrl-tarfile', deb]).status).toBe(0);
    const control = tempFolder('kvmvlan-control-');
    run('dpkg-deb', ['-e', deb, control]);
    expect(readFileSync(join(control, 'conffiles'), 'utf8').trim().split('\n').sort()).toEqual(
      ['bridge_init', 'dispatch', 'guest_routes', 'vlan_filtering'].map(
        (name) => `/etc/libvirt/hooks/conf/${name}.conf`,
      ),
    );
    expect(readFileSync(join(control, 'triggers'), 'utf8')).toContain('\ninterest-noawait /usr/bin/node\n');
  });

  test('lintian finds nothing', () => {
    const { status, stdout } = run('lintian', ['--allow-root', '--fail-on', 'error,warning', deb]);
    expect([status, stdout]).toEqual([0, '']);
  });

  test('is installed: the commands run, with the node of the distribution, and the units are enabled', () => {
    const { root, hooks } = installed();
    for (const name of [...HOOKS, 'bin/kvmvlan', 'daemon_start.d/bridge_init'])
      expect(readFileSync(join(hooks, name), 'utf8')).toContain("\nnode='/usr/bin/node'\n");
    expect(run(join(hooks, 'bin/kvmvlan'), ['--version'])).toMatchObject({ status: 0, stdout: '1.0.0\n' });
    for (const path of [WANTS, TIMER_WANTS]) expect(lstatSync(join(root, path)).isSymbolicLink()).toBe(true);
    expect(pathsBelow(root).filter((path) => /dpkg-(new|tmp|old|dist)$/.test(path))).toEqual([]);
  });

  test('keeps the hooks of other programs, says so, and gives them back at removal', () => {
    const host = hostWith({ qemu: FOREIGN });
    symlinkSync('/opt/theirs/daemon', join(host.hooks, 'daemon'));
    const said = host.done('-i', deb);
    expect(said).toContain('hooks/qemu did not belong to kvmvlan: it is kept as qemu.before-kvmvlan.bak.');
    expect(said).toContain('/etc/libvirt/hooks/qemu.d/former');
    expect(said).not.toContain('hooks/network');
    expect(readFileSync(join(host.hooks, 'qemu.before-kvmvlan.bak'), 'utf8')).toBe(FOREIGN);
    expect(readFileSync(join(host.hooks, 'qemu'), 'utf8')).toContain('# kvmvlan 1.0.0 qemu:');
    host.done('-i', newer);
    expect(readFileSync(join(host.hooks, 'qemu'), 'utf8')).toContain('# kvmvlan 1.0.0 qemu:');
    host.done('-r', 'kvmvlan');
    expect(readFileSync(join(host.hooks, 'qemu'), 'utf8')).toBe(FOREIGN);
    expect(readlinkSync(join(host.hooks, 'daemon'))).toBe('/opt/theirs/daemon');
    expect(readFileSync(join(host.root, 'var/lib/dpkg/diversions'), 'utf8')).toBe('');
  });

  test('a hook that continued as qemu.d/former does not run twice after the removal', () => {
    const host = installed({ qemu: FOREIGN });
    write(join(host.hooks, 'qemu.d/former'), FOREIGN, 0o755);
    host.done('-r', 'kvmvlan');
    expect(existsSync(join(host.hooks, 'qemu.d'))).toBe(false);
    expect(readFileSync(join(host.hooks, 'qemu'), 'utf8')).toBe(FOREIGN);
  });

  test('a hook that was set aside earlier is not overwritten', () => {
    const host = installed({ qemu: 'second\n', 'qemu.before-kvmvlan.bak': 'first\n' });
    host.done('-r', 'kvmvlan');
    expect(readFileSync(join(host.hooks, 'qemu'), 'utf8')).toBe('second\n');
    expect(readFileSync(join(host.hooks, 'qemu.before-kvmvlan.bak.old'), 'utf8')).toBe('first\n');
  });

  test('a hook that the administrator has diverted stays where it is', () => {
    const host = hostWith({ qemu: FOREIGN });
    const divert = ['--root', host.root, '--local', '--no-rename', '--divert', '/etc/libvirt/hooks/qemu.off'];
    expect(run('dpkg-divert', [...divert, '--add', '/etc/libvirt/hooks/qemu']).status).toBe(0);
    host.done('-i', deb);
    expect(readFileSync(join(host.hooks, 'qemu'), 'utf8')).toBe(FOREIGN);
    host.done('-P', 'kvmvlan');
    expect(readFileSync(join(host.hooks, 'qemu'), 'utf8')).toBe(FOREIGN);
  });

  test('an upgrade keeps an edited conf, and updates one that was not edited', () => {
    const host = installed();
    write(join(host.hooks, 'conf/bridge_init.conf'), '[br0]\ntrunk-port = eth0\n');
    host.done('-i', newer);
    expect(readFileSync(join(host.hooks, 'conf/bridge_init.conf'), 'utf8')).toContain('eth0');
    expect(readFileSync(join(host.hooks, 'conf/vlan_filtering.conf'), 'utf8')).toBe('# the next sample\n');
    write(join(host.hooks, 'conf/vlan_filtering.conf'), '[eth0]\n');
    host.done('--force-confold', '-i', deb);
    expect(readFileSync(join(host.hooks, 'conf/vlan_filtering.conf'), 'utf8')).toBe('[eth0]\n');
  });

  test('an upgrade does not enable a unit that the administrator has disabled', () => {
    const host = installed();
    unlinkSync(join(host.root, WANTS));
    host.done('-i', newer);
    expect(existsSync(join(host.root, WANTS))).toBe(false);
    expect(lstatSync(join(host.root, TIMER_WANTS)).isSymbolicLink()).toBe(true);
  });

  test('a purge leaves nothing; a removal keeps conf and logs', () => {
    const host = new DpkgRoot();
    const before = leftIn(host);
    host.done('-i', deb);
    const { root, hooks } = host;
    write(join(hooks, 'conf/vlan_filtering.conf'), 'mine\n');
    write(join(hooks, 'conf/vlan_filtering.conf.rejected'), 'mine\n');
    write(join(hooks, 'logs/dispatch.log'), '{}\n');
    write(join(root, 'var/cache/kvmvlan/snapshot'), 'x');
    write(join(root, 'var/lib/kvmvlan/applied/vlan_filtering.conf'), 'mine\n');
    expect(host.done('-r', 'kvmvlan')).not.toContain('/var/cache/kvmvlan');
    expect(leftIn(host).filter((path) => path.startsWith('etc/libvirt'))).toEqual([
      'etc/libvirt/hooks/conf/bridge_init.conf',
      'etc/libvirt/hooks/conf/dispatch.conf',
      'etc/libvirt/hooks/conf/guest_routes.conf',
      'etc/libvirt/hooks/conf/vlan_filtering.conf',
      'etc/libvirt/hooks/conf/vlan_filtering.conf.rejected',
      'etc/libvirt/hooks/logs/dispatch.log',
    ]);
    expect(existsSync(join(root, 'var/cache/kvmvlan'))).toBe(false);
    host.done('-P', 'kvmvlan');
    expect(leftIn(host)).toEqual(before);
    expect(existsSync(join(root, 'var/lib/kvmvlan'))).toBe(false);
    expect(existsSync(join(root, 'etc/libvirt'))).toBe(false);
  });

  test("a hook's folder keeps the scripts of others, also after a purge", () => {
    const host = installed({ 'qemu_started_begin.d/50-mine': 'x\n' });
    host.done('-P', 'kvmvlan');
    expect(leftIn(host)).toEqual(['etc/libvirt/hooks/qemu_started_begin.d/50-mine']);
  });

  test('a new node is a trigger', () => {
    const host = installed();
    host.done('--no-triggers', '-i', packageOf('nodejs', 'usr/bin/node'));
    expect(readFileSync(join(host.root, 'var/lib/dpkg/status'), 'utf8')).toContain(
      'Triggers-Pending: /usr/bin/node\n',
    );
  });

  describe('on a host with systemd and libvirt (stand-ins)', () => {
    const UNITS = 'kvmvlan.path kvmvlan-repair.timer kvmvlan-routes.path kvmvlan-routes.timer';
    const SNAPSHOT = 'node /etc/libvirt/hooks/bin/kvmvlan snapshot';
    /** What the maintainer scripts run. */
    const TOOLS = [
      ...[
        'sh',
        'basename',
        'cmp',
        'cp',
        'cut',
        'dpkg-divert',
        'grep',
        'head',
        'mkdir',
        'mv',
        'readlink',
        'rm',
      ],
      ...['rmdir', 'sed', 'sha256sum', 'sort'],
    ];
    const helper = (...actions: readonly string[]): string[] =>
      UNITS.split(' ').flatMap((unit) => actions.map((action) => `deb-systemd-helper ${action} ${unit}`));
    const ENABLED = helper('unmask', '--quiet was-enabled', 'enable');

    /** dpkg runs the scripts in the root, as on a real host. */
    class RunningHost extends DpkgRoot {
      constructor() {
        super('chroot');
        putTools(this.root, TOOLS);
        putSystemctl(this.root);
        for (const name of ['deb-systemd-helper', 'deb-systemd-invoke']) putStandIn(this.root, name);
        write(join(this.root, 'usr/bin/node'), standIn('node'), 0o755);
      }

      /** Runs dpkg and returns what the scripts called. */
      calls(...args: readonly string[]): string[] {
        this.done(...args);
        return takeCalls(this.root);
      }
    }

    const RESTARTED = [
      ...[SNAPSHOT, ...ENABLED, 'systemctl --system daemon-reload'],
      `deb-systemd-invoke try-restart ${UNITS}`,
    ];
    const STARTED = [
      ...RESTARTED,
      `deb-systemd-invoke start ${UNITS}`,
      'deb-systemd-invoke reload libvirtd.service',
    ];

    test('an installation makes the snapshot, enables and starts the units, and reloads libvirt', () => {
      const host = new RunningHost();
      expect(host.calls('-i', deb)).toEqual(STARTED);
    });

    test('an upgrade restarts the units that run, and does not reload libvirt', () => {
      const host = new RunningHost();
      host.calls('-i', deb);
      expect(host.calls('-i', newer)).toEqual(RESTARTED);
    });

    test('an upgrade starts the units that the former version did not have', () => {
      const host = new RunningHost();
      host.calls('-i', deb);
      for (const unit of ['kvmvlan-routes.path', 'kvmvlan-routes.timer'])
        rmSync(join(host.root, 'usr/lib/systemd/system', unit));
      expect(host.calls('-i', newer)).toEqual([
        ...RESTARTED,
        'deb-systemd-invoke start kvmvlan-routes.path kvmvlan-routes.timer',
      ]);
    });

    test('a removal stops the units; an installation after it is like the first one', () => {
      const host = new RunningHost();
      host.calls('-i', deb);
      expect(host.calls('-r', 'kvmvlan')).toEqual([
        `deb-systemd-invoke stop ${UNITS} kvmvlan-routes.service`,
        'systemctl --system daemon-reload',
      ]);
      expect(host.calls('-i', deb)).toEqual(STARTED);
      expect(host.calls('-P', 'kvmvlan')).toContain(`deb-systemd-helper purge ${UNITS}`);
      expect(existsSync(join(host.root, 'run/kvmvlan'))).toBe(false);
    });

    test('a new node makes the snapshot anew, and nothing else happens', () => {
      const host = new RunningHost();
      rmSync(join(host.root, 'usr/bin/node'));
      // dpkg runs no trigger of a package whose dependencies are missing.
      host.calls('-i', packageOf('iproute2', 'usr/bin/ip'), deb);
      expect(host.calls('-i', packageOf('nodejs', 'usr/bin/node', standIn('node')))).toEqual([SNAPSHOT]);
    });

    test('what an earlier install.sh installed needs no reload of libvirt', () => {
      const host = new RunningHost();
      installFormer(host.root);
      expect(host.calls('-i', deb)).toEqual(STARTED.slice(0, -1));
    });
  });

  test('is not removed while a change waits to be confirmed: what rolls it back would go', () => {
    const host = installed();
    const pending = join(host.root, 'var/lib/kvmvlan/pending.json');
    write(pending, '{}\n');
    const refused = host.dpkg('-r', 'kvmvlan');
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('Run kvmvlan confirm or kvmvlan undo, then remove the package.');
    expect(existsSync(join(host.hooks, 'bin/kvmvlan'))).toBe(true);
    host.done('-i', newer);
    rmSync(pending);
    host.done('-r', 'kvmvlan');
  });

  describe('takes over an installation by an earlier install.sh', () => {
    function installedByScript(files: Record<string, string> = {}): DpkgRoot {
      const host = new DpkgRoot();
      installFormer(host.root, files);
      return host;
    }

    test('and leaves none of its files', () => {
      const host = installedByScript();
      host.done('-i', deb);
      const fresh = installed();
      expect(leftIn(host)).toEqual(leftIn(fresh));
      const content = (root: string): string[] =>
        snapshot(join(root, 'etc'), 'content').filter((line) => !/^(libvirt\/hooks)?: /.test(line));
      expect(differences(content(fresh.root), content(host.root))).toEqual([]);
      host.done('-P', 'kvmvlan');
      expect(leftIn(host)).toEqual([]);
    });

    test('at each moment there are its hooks and conf files, or the new ones', async () => {
      const host = installedByScript();
      const watched = [...HOOKS, 'qemu_start_begin.d/vlan_filtering', 'conf/vlan_filtering.conf'];
      const loop = 'cd "$1"; shift; echo ready; while :; do for f; do [ -s "$f" ] || echo "$f"; done; done';
      const watcher = spawn('sh', ['-c', loop, 'sh', host.hooks, ...watched]);
      let gone = '';
      await new Promise((resolve) => {
        watcher.stdout.on('data', (data) => {
          gone += String(data);
          resolve(undefined);
        });
      });
      host.done('-i', deb);
      watcher.kill();
      await new Promise((resolve) => watcher.on('close', resolve));
      expect(gone).toBe('ready\n');
    });

    test('and keeps an edited conf, man page and link', () => {
      const host = installedByScript();
      const { root, hooks } = host;
      write(join(hooks, 'conf/vlan_filtering.conf'), 'mine\n');
      write(join(root, 'usr/local/share/man/man8/kvmvlan.8'), 'mine\n');
      rmSync(join(root, 'usr/local/sbin/bridge_init'));
      symlinkSync('/opt/mine', join(root, 'usr/local/sbin/bridge_init'));
      host.done('--force-confdef', '--force-confold', '-i', deb);
      expect(readFileSync(join(hooks, 'conf/vlan_filtering.conf'), 'utf8')).toBe('mine\n');
      expect(readFileSync(join(root, 'usr/local/share/man/man8/kvmvlan.8'), 'utf8')).toBe('mine\n');
      expect(readlinkSync(join(root, 'usr/local/sbin/bridge_init'))).toBe('/opt/mine');
    });

    test('and what it set aside comes back at removal', () => {
      const host = installedByScript({ qemu: FOREIGN, 'daemon_start.d/bridge_init.py': 'old\n' });
      host.done('-i', deb);
      expect(existsSync(join(host.hooks, 'daemon_start.d/bridge_init.py'))).toBe(false);
      host.done('-r', 'kvmvlan');
      expect(readFileSync(join(host.hooks, 'qemu'), 'utf8')).toBe(FOREIGN);
      expect(readFileSync(join(host.hooks, 'daemon_start.d/bridge_init.py'), 'utf8')).toBe('old\n');
    });

    test('and a unit that was disabled stays disabled', () => {
      const host = installedByScript();
      for (const unit of ['kvmvlan.path', 'kvmvlan-repair.timer']) noteEnabled(host.root, unit);
      mkdirSync(join(host.root, dirname(WANTS)), { recursive: true });
      symlinkSync('/usr/local/lib/systemd/system/kvmvlan.path', join(host.root, WANTS));
      host.done('-i', deb);
      expect(readlinkSync(join(host.root, WANTS))).toMatch(/^(\/usr)?\/lib\/systemd\/system\/kvmvlan.path$/);
      expect(() => lstatSync(join(host.root, TIMER_WANTS))).toThrow('ENOENT');
      host.done('-i', newer);
      expect(() => lstatSync(join(host.root, TIMER_WANTS))).toThrow('ENOENT');
    });

    test('and an aborted installation leaves it as it was', () => {
      const host = installedByScript({ qemu: FOREIGN });
      host.done('-i', conflicting());
      const before = snapshot(host.hooks, 'content');
      const failed = host.dpkg('-i', deb);
      expect(failed.stderr).toContain("trying to overwrite '/usr/sbin/kvmvlan'");
      expect(differences(before, snapshot(host.hooks, 'content'))).toEqual(updatedSamples(before, host));
      expect(readFileSync(join(host.root, 'var/lib/dpkg/diversions'), 'utf8')).toBe('');
    });
  });

  test("an aborted installation gives back another program's hook", () => {
    const host = hostWith({ qemu: FOREIGN });
    host.done('-i', conflicting());
    const before = snapshot(host.hooks, 'content');
    expect(host.dpkg('-i', deb).status).toBe(1);
    expect(differences(before, snapshot(host.hooks, 'content'))).toEqual([]);
  });

  test("the predecessor's scripts do not run in addition to kvmvlan's, and come back", () => {
    const dispatcher = '#!/bin/bash\nSCRIPT_DIR="/etc/libvirt/hooks/qemu_${2}_${3}.d"\n';
    const host = hostWith({ 'daemon_start.d/bridge_init.py': 'old\n', qemu: dispatcher });
    const said = host.done('-i', deb);
    expect(said).toContain('It ran the scripts in qemu_<phase>.d. kvmvlan also runs them');
    expect(said).not.toContain('former');
    expect(said).toContain("daemon_start.d/bridge_init.py is kvmvlan's predecessor");
    const script = join(host.hooks, 'daemon_start.d/bridge_init.py');
    expect(existsSync(script)).toBe(false);
    expect(readFileSync(`${script}.before-kvmvlan.bak`, 'utf8')).toBe('old\n');
    host.done('-r', 'kvmvlan');
    expect(readFileSync(script, 'utf8')).toBe('old\n');
    expect(readFileSync(join(host.hooks, 'qemu'), 'utf8')).toBe(dispatcher);
  });

  /** The lines of the samples, which preinst has updated. */
  function updatedSamples(before: readonly string[], { hooks }: DpkgRoot): string[] {
    const now = snapshot(hooks, 'content');
    const samples = (lines: readonly string[]): string[] =>
      lines.filter((line) => /^conf\/[a-z_]+\.conf:/.test(line));
    return differences(samples(before), samples(now));
  }

  /** A package that owns one of kvmvlan's files, so that dpkg cannot unpack kvmvlan. */
  const conflicting = (): string => packageOf('theirs', 'usr/sbin/kvmvlan');

  /** A package with one file. */
  function packageOf(name: string, file: string, text = 'theirs\n'): string {
    const folder = tempFolder('kvmvlan-package-');
    write(join(folder, 'tree', file), text, 0o755);
    const control = `Package: ${name}\nVersion: 99\nArchitecture: all\nMaintainer: x <x@x>\nDescription: x\n`;
    write(join(folder, 'tree/DEBIAN/control'), control);
    const path = join(folder, `${name}.deb`);
    expect(run('dpkg-deb', ['--build', join(folder, 'tree'), path]).status).toBe(0);
    return path;
  }
});
