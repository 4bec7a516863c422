import { existsSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import { packageFiles } from '../../build/package_files';
import type { Debian } from './debian';
import { openDebian, readInside, whyNoDebian } from './debian';
import { installFormer } from './former';
import type { Run } from './run_install';
import { differences, pathsBelow, snapshot } from './snapshot';
import { write } from './write';

const why = whyNoDebian();
if (why !== undefined) {
  if (process.env.KVMVLAN_REQUIRE_ALL_TIERS === '1') throw new Error(`install.sh in a bare Debian: ${why}`);
  process.stderr.write(`install: the bare Debian is skipped: ${why}\n`);
}
const onDebian = why === undefined ? describe : describe.skip;

jest.setTimeout(300_000);

const FOREIGN = '#!/bin/sh\necho foreign\n';

function outcome(run: Run): string {
  return `status ${run.status}\n${run.stdout}\n${run.stderr}`;
}

/** All that an installer could touch, except package lists and logs. */
function tree({ root }: Debian): string[] {
  return ['etc', 'usr', 'srv', 'var/cache/kvmvlan', 'var/lib/kvmvlan'].flatMap((folder) => [
    `in ${folder}:`,
    ...snapshot(join(root, folder), 'content'),
  ]);
}

/** All files in the folders of kvmvlan, and all others with its name. */
function ours({ root }: Debian): string[] {
  return ['etc', 'usr', 'var/cache/kvmvlan', 'var/lib/kvmvlan', 'run']
    .flatMap((folder) => pathsBelow(join(root, folder)).map((path) => join(folder, path)))
    .filter((path) => /kvmvlan|vlan_filtering|guest_routes|bridge_init|libvirt/.test(path));
}

/** One machine for all: each test goes on from where the one before it ended. */
onDebian('a bare Debian 12', () => {
  let debian: Debian;
  beforeAll(() => {
    debian = openDebian('bookworm');
  });

  /** `./install.sh <args>` in the checkout, as root. */
  function install(args = '', options: { offline?: boolean } = {}): Run {
    return debian.run(`cd '${debian.checkout}' && ./install.sh ${args}`, options);
  }

  test('has nothing that is needed', () => {
    expect(debian.run('command -v node npm ip bridge').stdout).toBe('');
  });

  test('--dry-run shows what would be installed, and changes nothing', () => {
    const before = tree(debian);
    const run = install('--dry-run', { offline: true });
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toContain(
      'The build needs: nodejs npm\n  would run: apt-get install -y --no-install-recommends nodejs npm\n',
    );
    expect(run.stdout).toContain('  would build, in a temporary folder');
    expect(run.stdout).toContain('    /etc/libvirt/hooks/qemu\n');
    expect(run.stdout).toContain('/usr/share/zsh/vendor-completions/_kvmvlan\n');
    expect(run.stdout).not.toContain('/usr/share/selinux');
    expect(differences(before, tree(debian))).toEqual([]);
  });

  test('./install.sh installs what is missing, builds the package, and installs it', () => {
    const run = install();
    expect(outcome(run)).toMatch(/^status 0\n/);
    expect(run.stdout).toContain('Running: apt-get install -y --no-install-recommends nodejs npm\n');
    expect(run.stdout).toContain('Building: npm ci');
    expect(run.stdout).toContain('Installing kvmvlan_1.0.0_all.deb\n');
    expect(run.stdout).toContain('npm was installed only for the build');
    expect(run.stdout).toContain('/etc/libvirt/hooks/conf/bridge_init.conf');
    for (const { kind, where } of packageFiles('deb'))
      if (!where.startsWith('/usr/share/')) {
        const stat = lstatSync(join(debian.root, where));
        expect([where, stat.isDirectory()]).toEqual([where, kind === 'dir']);
      }
    expect(debian.run("dpkg-query -W -f '${db:Status-Status}' kvmvlan").stdout).toBe('installed');
    expect(debian.run('dpkg -V kvmvlan').stdout).toBe('');
  });

  test('the checkout got the package, and no node_modules', () => {
    expect(existsSync(join(debian.root, debian.checkout, 'build/dist/kvmvlan_1.0.0_all.deb'))).toBe(true);
    expect(existsSync(join(debian.root, debian.checkout, 'node_modules'))).toBe(false);
    expect(debian.run('ls -A /tmp /var/tmp').stdout).not.toContain('kvmvlan');
  });

  test("the installed files run on Debian's own node, without npm or the checkout", () => {
    expect(debian.run('/usr/bin/node --version').stdout).toMatch(/^v18\.(19|[2-9]\d)\./);
    expect(readInside(debian, '/etc/libvirt/hooks/qemu')).toContain("\nnode='/usr/bin/node'\n");
    const script = `set -e
      mv '${debian.checkout}' /srv/away; mv /usr/bin/npm /usr/bin/npm.away; cd /
      unset PATH NODE_EXTRA_CA_CERTS HOME
      for call in 'qemu X prepare begin -' 'qemu X start begin -' 'qemu X started begin -' \\
          'qemu X stopped end -' 'qemu X release end -' 'qemu X reconnect begin -' 'daemon - start - start' \\
          'daemon - reload begin SIGHUP' 'network default started begin -' 'lxc X start begin -' \\
          'libxl X start begin -'; do
        status=0
        echo "<domain type='kvm'><name>X</name><devices/></domain>" | /etc/libvirt/hooks/$call || status=$?
        echo "$call: $status"
      done
      export PATH=/usr/sbin:/usr/bin
      echo "version: $(bridge_init --version) $(vlan_filtering --version) $(guest_routes --version) $(kvmvlan --version)"
      mv /srv/away '${debian.checkout}'; mv /usr/bin/npm.away /usr/bin/npm`;
    const run = debian.run(script, { offline: true });
    expect(outcome(run)).toMatch(/^status 0\n/);
    expect(run.stdout.match(/: \d+$/gm)).toEqual(Array(11).fill(': 0'));
    expect(run.stdout).toMatch(/^version: \d+\.\d+\.\d+ \d+\.\d+\.\d+ \d+\.\d+\.\d+ \d+\.\d+\.\d+$/m);
  });

  test('while node is upgraded hooks start plainly; then from a snapshot of the new node', () => {
    const hook = '/etc/libvirt/hooks/qemu_started_begin.d/how';
    const run = debian.run(
      `unset NODE_EXTRA_CA_CERTS
      cd /srv; apt-get -qq download nodejs >/dev/null 2>&1; cd /
      printf '%s\\n' '#!/bin/sh' 'xargs -0 </proc/$PPID/cmdline' >${hook}; chmod 755 ${hook}
      started() {
        echo '<domain/>' | /etc/libvirt/hooks/qemu X started begin - && echo "status $?"
        grep -oE 'node .*snapshot-blob|node /' /etc/libvirt/hooks/logs/qemu_started_begin_X_how.log | cut -d ' ' -f 1-3
        kvmvlan check --json | tr -d '\\n' | grep -o '"snapshot", *"code": *"[a-z-]*"'
      }
      started
      dpkg --no-triggers -i /srv/nodejs_*.deb >/dev/null
      started
      dpkg --triggers-only --pending >/dev/null
      started
      rm ${hook} /srv/nodejs_*.deb; stat -c '%a %U' /var/cache/kvmvlan`,
    );
    expect(run.stderr).toBe('');
    const from = ['status 0', 'node --no-warnings --snapshot-blob'];
    const found = (code: string) => `"snapshot", "code": "${code}"`;
    expect(run.stdout.replace(/ +/g, ' ').split('\n')).toEqual([
      ...[...from, found('ok')],
      ...['status 0', 'node /', found('snapshot-missing')],
      ...[...from, found('ok')],
      ...['755 root', ''],
    ]);
  });

  test('a second run needs no network, builds nothing and keeps an edited conf', () => {
    debian.run('echo "# mine" >>/etc/libvirt/hooks/conf/vlan_filtering.conf');
    const before = tree(debian);
    const run = install('', { offline: true });
    expect(run.status).toBe(0);
    expect(run.stdout).not.toContain('Building');
    expect(run.stdout).not.toContain('Describe your bridges');
    // The start-up snapshots belong to the new files.
    const changed = differences(before, tree(debian)).filter((line) => !/^[+-] \d+-\d+-/.test(line));
    expect(changed).toEqual([]);
  });

  test('a file that was removed or changed is put back', () => {
    const run = debian.run(
      `rm /usr/sbin/kvmvlan; echo x >>/etc/libvirt/hooks/qemu; cd '${debian.checkout}' && ./install.sh >/dev/null 2>&1
      dpkg -V kvmvlan; kvmvlan --version`,
      { offline: true },
    );
    expect(run.stdout).toBe('??5?????? c /etc/libvirt/hooks/conf/vlan_filtering.conf\n1.0.0\n');
  });

  test.each(['INT', 'TERM'])('a build that is interrupted (SIG%s) leaves nothing behind', (signal) => {
    const run = debian.run(`
      mount -t tmpfs -o noexec,mode=1777 none /tmp
      mv /usr/bin/npm /usr/bin/npm.away
      printf '#!/bin/sh\\nkill -${signal} "$(cat /run/installing)"\\n' >/usr/bin/npm; chmod 755 /usr/bin/npm
      cp -r '${debian.checkout}' /srv/copy; cd /srv/copy; rm -r build/dist
      sh -c 'echo $$ >/run/installing; exec ./install.sh'; echo "status $?"
      mv -f /usr/bin/npm.away /usr/bin/npm; rm -r /srv/copy /run/installing; ls -A /tmp /var/tmp`);
    expect(run.stdout).toMatch(/status [1-9]\d*\n\/tmp:\n\n\/var\/tmp:\n$/);
  });

  test('a checkout of a user, built by sudo, stays his, and his npm settings count; /tmp may be noexec', () => {
    const run = debian.run(`set -e
      mount -t tmpfs -o noexec,mode=1777 none /tmp
      useradd -m user; cp -r '${debian.checkout}' /home/user/co; rm -r /home/user/co/build/dist
      cp /root/.npmrc /home/user/ 2>/dev/null || :
      echo 'prefix=/home/user/of-npm' >>/home/user/.npmrc
      chown -R user: /home/user; chmod 700 /home/user
      sed -i 's/"package": "/"package": "npm config get prefix >build\\/who \\&\\& id -un >>build\\/who \\&\\& mkdir -p build\\/dist \\&\\& cp build\\/who build\\/dist\\/who \\&\\& /' /home/user/co/package.json
      cd /home/user/co; SUDO_USER=user SUDO_UID=1000 ./install.sh >/dev/null 2>&1
      cat build/dist/who; find . ! -user user; ls -A /tmp /var/tmp`);
    expect(outcome(run)).toBe('status 0\n/home/user/of-npm\nuser\n/tmp:\n\n/var/tmp:\n\n');
  });

  test('a build that fails says so, and installs nothing', () => {
    const before = tree(debian);
    const run = debian.run(`
      mv /usr/bin/npm /usr/bin/npm.away
      printf '#!/bin/sh\\necho no such thing; exit 1\\n' >/usr/bin/npm; chmod 755 /usr/bin/npm
      cd /home/user/co; touch lib/x.ts; ./install.sh; status=$?
      mv -f /usr/bin/npm.away /usr/bin/npm; exit $status`);
    expect(run.status).toBe(1);
    expect(run.stderr).toMatch(/^no such thing\n/);
    expect(run.stderr).toContain('the build failed (see above); nothing was installed.');
    expect(differences(before, tree(debian)).filter((line) => !/^[+-] bin(\/npm)?:/.test(line))).toEqual([]);
    expect(debian.run('ls -A /tmp /var/tmp').stdout).not.toContain('kvmvlan');
  });

  /** install.sh in a checkout that has to be built, with other programs in place of some of Debian's. */
  function installWith(programs: Record<string, string>): Run {
    const put = Object.entries(programs).map(
      ([path, text]) => `if [ -e ${path} ]; then mv ${path} ${path}.away; fi
        ${text === '' ? ':' : `printf '%s\\n' '#!/bin/sh' '${text}' >${path}; chmod 755 ${path}`}`,
    );
    const back = Object.keys(programs).map(
      (path) => `rm -f ${path}; if [ -e ${path}.away ]; then mv ${path}.away ${path}; fi`,
    );
    return debian.run(`cp -r '${debian.checkout}' /srv/copy; rm -r /srv/copy/build/dist
      ${put.join('\n')}
      cd /srv/copy; ./install.sh; status=$?
      ${back.join('\n')}
      rm -r /srv/copy; exit $status`);
  }

  test('a distribution whose node is too old: nothing is built or installed, and what to do is said', () => {
    const run = installWith({ '/usr/bin/node': 'case $1 in --version) echo v12.22.9 ;; *) exit 1 ;; esac' });
    expect(run.status).toBe(1);
    expect(run.stderr).toContain(
      'the Node.js of this distribution is older than 18.19: v12.22.9. Install a newer one',
    );
    expect(run.stdout).not.toContain('Building');
  });

  test('what apt-get cannot install is said, with what apt-get said', () => {
    const run = installWith({
      '/usr/bin/npm': '',
      '/usr/bin/apt-get': '[ "$1" = update ] || { echo E: no space left; exit 100; }',
    });
    expect(run.status).toBe(1);
    expect(run.stderr).toBe(
      'E: no space left\ninstall.sh: apt-get could not install npm (see above). ' +
        'Fix that, or install them yourself, and run this again.\n',
    );
  });

  test('with neither apt-get nor dnf it says how to copy the files', () => {
    const run = installWith({ '/usr/bin/apt-get': '' });
    expect(run.status).toBe(1);
    expect(run.stderr).toBe(
      'install.sh: neither apt-get nor dnf was found. To copy the files without a package: ./install.sh --root /\n',
    );
  });

  test('dnf (a stand-in here) is asked for what rpms need', () => {
    const run = installWith({
      '/usr/bin/apt-get': '',
      '/usr/local/bin/dnf': 'echo "dnf $*" >>/srv/dnf; exit 1',
    });
    expect(run.status).toBe(1);
    expect(run.stdout).toContain('The build needs: rpm-build\nRunning: dnf install -y rpm-build\n');
    expect(debian.run('cat /srv/dnf; rm /srv/dnf').stdout).toBe('dnf install -y rpm-build\n');
  });

  test('--uninstall removes the package and leaves conf and logs; a purge leaves nothing', () => {
    const run = install('--uninstall', { offline: true });
    expect(run.status).toBe(0);
    expect(run.stdout).toContain('To remove them too: apt-get purge kvmvlan\nlibvirt need not be reloaded.');
    expect(debian.run('ls -A /etc/libvirt/hooks').stdout).toBe('conf\nlogs\n');
    expect(install('--uninstall', { offline: true }).stdout).toContain('kvmvlan is not installed here.');
    expect(outcome(debian.run('apt-get purge -y kvmvlan', { offline: true }))).toMatch(/^status 0\n/);
    expect(ours(debian)).toEqual([]);
  });
});

onDebian('a bare Debian 13', () => {
  let debian: Debian;
  let before: string[];
  const deb = '/srv/kvmvlan.deb';

  beforeAll(() => {
    debian = openDebian('trixie');
    expect(outcome(debian.run(`cp '${debian.checkout}'/build/dist/kvmvlan_*.deb ${deb}`))).toMatch(
      /^status 0/,
    );
    before = ours(debian);
  });

  test('a package that was built elsewhere is installed by apt, without npm', () => {
    write(join(debian.root, 'etc/libvirt/hooks/qemu'), FOREIGN, 0o755);
    const run = debian.run(`apt-get -qq update && apt-get install -y --no-install-recommends ${deb}`);
    expect(outcome(run)).toMatch(/^status 0\n/);
    expect(run.stderr).toContain(
      'hooks/qemu did not belong to kvmvlan: it is kept as qemu.before-kvmvlan.bak.',
    );
    expect(debian.run('command -v npm').stdout).toBe('');
    expect(debian.run('node --version').stdout).toMatch(/^v20\./);
    expect(
      debian.run("kvmvlan --version; echo '<domain/>' | /etc/libvirt/hooks/qemu X started begin -").status,
    ).toBe(0);
    expect(debian.run('dpkg -V kvmvlan').stdout).toBe('');
  });

  test('lintian of Debian 13 finds nothing', () => {
    const run = debian.run(
      `apt-get install -qq -y --no-install-recommends lintian >/dev/null 2>&1; lintian --allow-root --fail-on error,warning ${deb}`,
    );
    expect(outcome(run)).toBe('status 0\n\n');
  });

  test("a removal gives back another program's hook; a purge leaves nothing else", () => {
    expect(outcome(debian.run('apt-get remove -y kvmvlan', { offline: true }))).toMatch(/^status 0\n/);
    expect(readInside(debian, '/etc/libvirt/hooks/qemu')).toBe(FOREIGN);
    expect(outcome(debian.run('apt-get purge -y kvmvlan && rm -r /etc/libvirt', { offline: true }))).toMatch(
      /^status 0\n/,
    );
    expect(ours(debian)).toEqual(before);
  });

  test('what an earlier install.sh installed is taken over, with an edited conf and a hook set aside', () => {
    installFormer(debian.root, { qemu: FOREIGN, 'daemon_start.d/bridge_init.py': '#!/usr/bin/python3\n' });
    write(join(debian.root, 'etc/libvirt/hooks/conf/vlan_filtering.conf'), '# mine\n');
    const options = '-o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold';
    const run = debian.run(`apt-get install -y ${options} ${deb}`, { offline: true });
    expect(outcome(run)).toMatch(/^status 0\n/);
    expect(
      pathsBelow(join(debian.root, 'usr/local')).filter((path) => /kvmvlan|vlan_f|bridge_i/.test(path)),
    ).toEqual([]);
    expect(readInside(debian, '/etc/libvirt/hooks/conf/vlan_filtering.conf')).toBe('# mine\n');
    expect(debian.run('kvmvlan --version').stdout).toMatch(/^1\.0\.0/);
    expect(outcome(debian.run('apt-get purge -y kvmvlan', { offline: true }))).toMatch(/^status 0\n/);
    expect(readInside(debian, '/etc/libvirt/hooks/qemu')).toBe(FOREIGN);
    expect(ours(debian).filter((path) => !/^etc\/libvirt(\/hooks(\/qemu)?)?$/.test(path))).toEqual([
      ...before,
      'etc/libvirt/hooks/daemon_start.d',
      'etc/libvirt/hooks/daemon_start.d/bridge_init.py',
    ]);
  });
});
