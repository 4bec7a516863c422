import { existsSync, lstatSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { listedItems, write } from './checkout';
import type { Debian } from './debian';
import { openDebian, readInside, whyNoDebian } from './debian';
import type { Run } from './run_install';
import { differences, pathsBelow, snapshot } from './snapshot';

const why = whyNoDebian();
if (why !== undefined) {
  if (process.env.KVMVLAN_REQUIRE_ALL_TIERS === '1') throw new Error(`install.sh in a bare Debian: ${why}`);
  process.stderr.write(`install: the bare Debian is skipped: ${why}\n`);
}
const onDebian = why === undefined ? describe : describe.skip;

jest.setTimeout(300_000);

/** One machine for all: each test goes on from where the one before it ended. */
onDebian('a bare Debian 12', () => {
  let debian: Debian;

  beforeAll(() => {
    debian = openDebian();
  });

  /** `./install.sh <args>` in the checkout, as root. */
  function install(args = '', options: { offline?: boolean } = {}): Run {
    return debian.run(`cd '${debian.checkout}' && ./install.sh ${args}`, options);
  }

  function outcome(run: Run): string {
    return `status ${run.status}\n${run.stdout}\n${run.stderr}`;
  }

  /** All that an installer could touch. */
  function tree(): string[] {
    return ['etc', 'usr', 'run', 'srv'].flatMap((folder) => [
      `in ${folder}:`,
      ...snapshot(join(debian.root, folder)),
    ]);
  }

  test('has nothing that is needed', () => {
    expect(debian.run('command -v node npm ip bridge').stdout).toBe('');
  });

  test('--dry-run tells what would be installed by whom, and changes nothing', () => {
    const before = tree();
    const run = install('--dry-run', { offline: true });
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toContain('Missing: node ip bridge npm\n  would run: apt-get update\n');
    expect(run.stdout).toContain(
      '  would run: apt-get install -y --no-install-recommends nodejs iproute2 npm\n',
    );
    expect(run.stdout).toContain('  would build, in a temporary folder');
    expect(run.stdout).toContain('  would install qemu\n');
    expect(differences(before, tree())).toEqual([]);
  });

  test('./install.sh installs what is missing, builds, and installs', () => {
    const run = install();
    expect(outcome(run)).toMatch(/^status 0\n/);
    expect(run.stdout).toContain(
      '  running: apt-get install -y --no-install-recommends nodejs iproute2 npm\n',
    );
    expect(run.stdout).toContain('Building: npm ci');
    expect(run.stdout).toContain('-> /etc/libvirt/hooks, with /usr/bin/node\n');
    expect(run.stdout).toContain('libvirt is not installed yet');
    expect(run.stdout).toContain('npm was installed only for the build');
    for (const { kind, where } of listedItems())
      if (kind !== 'unit' && kind !== 'event')
        expect([where, debian.run(`test -e ${where}`).status]).toEqual([where, 0]);
  });

  test('the checkout got its build, and no node_modules', () => {
    expect(existsSync(join(debian.root, debian.checkout, 'build/dist/hooks/qemu'))).toBe(true);
    expect(existsSync(join(debian.root, debian.checkout, 'node_modules'))).toBe(false);
    expect(debian.run('ls -A /tmp /var/tmp').stdout).not.toContain('kvmvlan');
  });

  test("all that is built for the hooks root is in install.sh's list", () => {
    const hooks = join(debian.root, debian.checkout, 'build/dist/hooks');
    const built = pathsBelow(hooks).filter((path) => lstatSync(join(hooks, path)).isFile());
    const listed = listedItems()
      .filter(({ kind, what }) => kind === 'hook' && what.startsWith('build/dist/hooks/'))
      .map(({ what }) => what.slice('build/dist/hooks/'.length));
    expect(built.sort()).toEqual(listed.sort());
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
      export PATH=/usr/local/sbin:/usr/sbin:/usr/bin
      echo "version: $(bridge_init --version) $(vlan_filtering --version) $(kvmvlan --version)"
      mv /srv/away '${debian.checkout}'; mv /usr/bin/npm.away /usr/bin/npm`;
    const run = debian.run(script, { offline: true });
    expect(outcome(run)).toMatch(/^status 0\n/);
    expect(run.stdout.match(/: \d+$/gm)).toEqual(Array(11).fill(': 0'));
    expect(run.stdout).toMatch(/^version: \d+\.\d+\.\d+ \d+\.\d+\.\d+ \d+\.\d+\.\d+$/m);
  });

  test("hooks start from a snapshot of Debian's own node; of another only once it was made anew", () => {
    const hook = '/etc/libvirt/hooks/qemu_started_begin.d/how';
    const run = debian.run(
      `unset NODE_EXTRA_CA_CERTS
      printf '%s\\n' '#!/bin/sh' 'xargs -0 </proc/$PPID/cmdline' >${hook}; chmod 755 ${hook}
      started() {
        echo '<domain/>' | /etc/libvirt/hooks/qemu X started begin - && echo "status $?"
        grep -oE 'node .*snapshot-blob|node /' /etc/libvirt/hooks/logs/qemu_started_begin_X_how.log | cut -d ' ' -f 1-3
        kvmvlan check --json | tr -d '\\n' | grep -o '"snapshot", *"code": *"[a-z-]*"'
      }
      started
      cp -p /usr/bin/node /usr/bin/node.new; mv /usr/bin/node.new /usr/bin/node
      started
      cd '${debian.checkout}'; ./install.sh
      started
      rm ${hook}; stat -c '%a %U' /var/cache/kvmvlan`,
      { offline: true },
    );
    const seen = run.stdout.replace(/ +/g, ' ').split('\n');
    expect(run.stderr).toBe('');
    const snapshot = ['status 0', 'node --no-warnings --snapshot-blob'];
    const found = (code: string) => `"snapshot", "code": "${code}"`;
    expect(seen.slice(0, 3)).toEqual([...snapshot, found('ok')]);
    expect(seen.slice(3, 6)).toEqual(['status 0', 'node /', found('snapshot-missing')]);
    expect(run.stdout).toContain('made the start-up snapshot\n');
    expect(seen.slice(-5)).toEqual([...snapshot, found('ok'), '755 root', '']);
  });

  test('a second run needs no network and changes nothing', () => {
    const before = tree();
    const run = install('', { offline: true });
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toContain('Everything is up to date; nothing was changed.');
    expect(run.stdout).toContain('libvirt need not be reloaded.');
    expect(differences(before, tree())).toEqual([]);
  });

  test('nor does one in a copy of the built checkout, whatever the times of its files', () => {
    const run = debian.run(
      `cp -r '${debian.checkout}' /srv/copy && cd /srv/copy && find lib -type f -exec touch {} + && ./install.sh; status=$?
      rm -r /srv/copy; exit $status`,
      { offline: true },
    );
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).not.toContain('Building');
    expect(run.stdout).toContain('Everything is up to date; nothing was changed.');
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
      sed -i 's/"build": "/"build": "npm config get prefix >build\\/who \\&\\& id -un >>build\\/who \\&\\& mkdir -p build\\/dist \\&\\& cp build\\/who build\\/dist\\/who \\&\\& /' /home/user/co/package.json
      cd /home/user/co; SUDO_USER=user SUDO_UID=1000 ./install.sh >/dev/null
      cat build/dist/who; find . ! -user user; ls -A /tmp /var/tmp`);
    expect(outcome(run)).toBe('status 0\n/home/user/of-npm\nuser\n/tmp:\n\n/var/tmp:\n\n');
  });

  test('a build that fails says so, and installs nothing', () => {
    const before = tree();
    const run = debian.run(`
      mv /usr/bin/npm /usr/bin/npm.away
      printf '#!/bin/sh\\necho no such thing; exit 1\\n' >/usr/bin/npm; chmod 755 /usr/bin/npm
      cd /home/user/co; touch lib/x.ts; ./install.sh; status=$?
      mv -f /usr/bin/npm.away /usr/bin/npm; exit $status`);
    expect(run.status).toBe(1);
    expect(run.stderr).toMatch(/^no such thing\n/);
    expect(run.stderr).toContain('the build failed (see above); nothing was installed.');
    expect(differences(before, tree()).filter((line) => !/^[+-] bin(\/npm)?:/.test(line))).toEqual([]);
    expect(debian.run('ls -A /tmp /var/tmp').stdout).not.toContain('kvmvlan');
  });

  test('a running libvirtd must be reloaded once, and that is said until it is done', () => {
    const run = debian.run(`
      cp /bin/sleep /usr/local/bin/libvirtd; libvirtd 600 & cd '${debian.checkout}'; echo $!
      ./install.sh --uninstall >/dev/null
      ./install.sh --dry-run | grep -e 'Reload libvirt' -e 'kill -HUP' -e 'be reloaded'; echo --
      ./install.sh | grep -e 'Reload libvirt' -e 'kill -HUP' -e 'be reloaded'; echo --
      ./install.sh --dry-run | grep -e 'Reload libvirt' -e 'kill -HUP' -e 'be reloaded'; echo --
      ./install.sh | grep -e 'Reload libvirt' -e 'kill -HUP' -e 'be reloaded'; echo --
      kill $!; wait; libvirtd 600 &
      ./install.sh | grep -e 'Reload libvirt' -e 'kill -HUP' -e 'be reloaded'; echo --
      kill $!; rm /usr/local/bin/libvirtd`);
    const pid = /^\d+/.exec(run.stdout)?.[0];
    const must =
      '- Reload libvirt once. It looks for new hooks only when it starts or reloads (guests and connections are not affected):\n';
    expect(run.stdout).toBe(
      `${pid}\n${`${must}    kill -HUP ${pid}\n--\n`.repeat(4)}  libvirt need not be reloaded.\n--\n`,
    );
  });

  test.each(['KILL', 'INT'])('a run that ended early (SIG%s) leaves nothing untold to the next', (signal) => {
    const run = debian.run(`
      cp /bin/sleep /usr/local/bin/libvirtd; libvirtd 600 & cd '${debian.checkout}'
      ./install.sh --uninstall >/dev/null
      mkdir /tmp/stubs
      cat >/tmp/stubs/mv <<'END'
#!/bin/sh
/bin/mv "$@" || exit
case "$*" in *' /etc/libvirt/hooks/libxl') kill -${signal} $PPID ;; esac
END
      chmod 755 /tmp/stubs/mv
      PATH=/tmp/stubs:$PATH ./install.sh | grep libxl
      echo --; ls /etc/libvirt/hooks/libxl
      ./install.sh | grep -e 'Reload libvirt' -e 'kill -HUP' -e 'be reloaded' | sed 's/HUP .*/HUP PID/'
      kill $!; rm -r /usr/local/bin/libvirtd /tmp/stubs; find /etc/libvirt -name '.kvmvlan.*' -delete`);
    expect(run.stdout).toBe(
      '  installed libxl\n--\n/etc/libvirt/hooks/libxl\n' +
        '- Reload libvirt once. It looks for new hooks only when it starts or reloads (guests and connections are not affected):\n' +
        '    kill -HUP PID\n',
    );
  });

  test('with systemd and modular daemons, those that call a new hook are named, others not', () => {
    const run = debian.run(`
      for name in virtqemud virtnetworkd virtlxcd virtstoraged; do
        cp /bin/sleep /usr/local/bin/$name; $name 600 &
      done
      mkdir -p /run/systemd/system; cd '${debian.checkout}'
      rm /etc/libvirt/hooks/qemu /etc/libvirt/hooks/network
      ./install.sh | grep -A1 Reload
      rm -r /usr/local/bin/virt* /run/systemd`);
    expect(run.stdout).toMatch(/\n {4}systemctl reload (virtqemud virtnetworkd|virtnetworkd virtqemud)\n$/);
  });

  const apparmor = '/sys/kernel/security/apparmor/profiles';

  test('a node where AppArmor lets libvirtd run none: nothing is installed, and what to do is said', () => {
    write(join(debian.root, apparmor), 'libvirtd//qemu_bridge_helper (enforce)\nlibvirtd (enforce)\n');
    debian.run('mkdir -p /opt/node/bin; cp /usr/bin/node /opt/node/bin/node');
    const before = tree();
    const run = install('--node /opt/node/bin/node', { offline: true });
    expect(run.status).toBe(1);
    expect(run.stderr)
      .toBe(`install.sh: AppArmor does not let libvirt run /opt/node/bin/node, so no guest could start. Nothing was installed.
Do one of these and run this again:
  - install a node at /usr/bin/node (Debian, Ubuntu: apt-get install nodejs), which AppArmor allows
  - or allow this node with a line in this file (it is loaded when you run this again):
    /etc/apparmor.d/local/usr.sbin.libvirtd:
        /opt/node/bin/node PUx,
  - or, if AppArmor already allows it in a way that this script does not recognise: ./install.sh --apparmor-ok
`);
    expect(differences(before, tree())).toEqual([]);
  });

  test('without libvirt, whose profile comes with it, that is announced', () => {
    write(join(debian.root, apparmor), 'some-other (enforce)\n');
    const run = install('--dry-run --node /opt/node/bin/node', { offline: true });
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toContain('does not allow it to run /opt/node/bin/node');
    write(join(debian.root, apparmor), 'libvirtd (enforce)\n');
  });

  test('/usr/bin/node that is a link out of /usr/bin is seen through', () => {
    debian.run(
      'mv /usr/bin/node /usr/bin/node.away; ln -s /opt/node/bin/node /usr/bin/node; rm -f /usr/bin/nodejs.x',
    );
    expect(install('', { offline: true }).stderr).toContain(
      'AppArmor does not let libvirt run /opt/node/bin/node',
    );
    debian.run('mv -f /usr/bin/node.away /usr/bin/node');
  });

  describe('with a rule in the local part of the profile', () => {
    const local = (): string => join(debian.root, 'etc/apparmor.d/local/usr.sbin.libvirtd');
    const loads = '/tmp/loaded';

    beforeAll(() => {
      write(
        join(debian.root, 'usr/sbin/apparmor_parser'),
        `#!/bin/sh\n! grep broken /etc/apparmor.d/local/usr.sbin.libvirtd >&2 || exit 1\necho "$*" >>${loads}\n`,
        0o755,
      );
    });
    afterAll(() => {
      debian.run(`rm -f /usr/sbin/apparmor_parser ${loads} /etc/apparmor.d/local/usr.sbin.libvirtd`);
    });

    test.each([
      '  /opt/node/bin/node PUx,',
      '/opt/node/** PUx,',
      '/opt/*/bin/node rux, # mine',
      '"/opt/node/bin/node" px,',
      'PUx /opt/{old,node}/bin/nod?,',
      'owner /opt/[a-z]*/bin/node cx -> child,',
      '/opt/**/nod[e] rmix,',
    ])('that covers it (%s) it installs, and the profile is loaded', (rule) => {
      write(local(), `# of the admin\n${rule}\n`);
      expect(install('--dry-run --node /opt/node/bin/node', { offline: true }).stdout).toContain(
        'would run: apparmor_parser -r /etc/apparmor.d/usr.sbin.libvirtd\n',
      );
      expect(debian.run(`ls ${loads}`).stdout).toBe('');
      const run = install('--node /opt/node/bin/node', { offline: true });
      expect(run).toMatchObject({ status: 0, stderr: '' });
      expect(debian.run(`cat ${loads}; rm ${loads}`).stdout).toBe('-r /etc/apparmor.d/usr.sbin.libvirtd\n');
    });

    test.each([
      '# /opt/node/bin/node PUx,',
      '/opt/node/* PUx,',
      '/opt/node/bin/node r,',
      'deny /opt/node/bin/node x,',
      'audit deny /opt/node/bin/node x,',
      '/opt/node.bin.node PUx,',
    ])('that does not (%s) nothing is installed', (rule) => {
      write(local(), `${rule}\n`);
      const run = install('--node /opt/node/bin/node', { offline: true });
      expect(run.status).toBe(1);
      expect(run.stderr).toContain('AppArmor does not let libvirt run /opt/node/bin/node');
      expect(debian.run(`ls ${loads}`).stdout).toBe('');
    });

    test('and a profile that cannot be loaded, nothing is installed and what to do is said', () => {
      write(local(), '/opt/node/bin/node PUx,\nbroken\n');
      const before = tree();
      const run = install('--node /opt/node/bin/node', { offline: true });
      expect(run.status).toBe(1);
      expect(run.stderr).toContain("AppArmor's profile of libvirtd could not be loaded (see above)");
      expect(run.stderr).toContain('Fix the profile, load it with: apparmor_parser -r');
      expect(differences(before, tree())).toEqual([]);
    });

    test('--apparmor-ok asks nothing', () => {
      write(local(), '@{MINE} PUx,\n');
      const run = install('--node /opt/node/bin/node --apparmor-ok', { offline: true });
      expect(run).toMatchObject({ status: 0, stderr: '' });
    });
  });

  test('where AppArmor only complains, it installs', () => {
    write(join(debian.root, apparmor), 'libvirtd (complain)\n');
    expect(install('--node /opt/node/bin/node', { offline: true })).toMatchObject({ status: 0, stderr: '' });
    rmSync(join(debian.root, apparmor));
  });

  test.each([
    ['the file', '/srv/open/bin/node', 'chown user /srv/open/bin/node', '/srv/open/bin/node'],
    ['its folder', '/srv/open/bin/node', 'chown user /srv/open/bin', '/srv/open/bin'],
    ['a folder above', '/srv/open/bin/node', 'chmod g+w /srv/open', '/srv/open'],
    ['a sticky folder above', '/srv/open/bin/node', 'chmod 1777 /srv/open', '/srv/open'],
    ['a folder of the link to it', '/srv/open/link', 'chmod o+w /srv/open', '/srv/open'],
    ['a folder of what a link leads to', '/srv/link', 'chmod o+w /srv/open', '/srv/open'],
  ])('a node is not used where an ordinary user may write %s: hooks run as root', (_what, node, open, at) => {
    const run = debian.run(`
      mkdir -p /srv/open/bin; cp /usr/bin/node /srv/open/bin/node; ${open}
      ln -s /usr/bin/node /srv/open/link; ln -s /srv/open/bin/node /srv/link
      cd '${debian.checkout}'; ./install.sh --node ${node}; status=$?
      rm -r /srv/open /srv/link; exit $status`);
    expect(run.status).toBe(1);
    expect(run.stderr).toContain(
      `\n  ${at} can be written by users other than root, and hooks run ${node} as root\n`,
    );
  });

  test('SELinux (its commands are stand-ins here): what was installed is labelled', () => {
    const run = debian.run(`
      for name in selinuxenabled restorecon; do
        printf '#!/bin/sh\\necho "\${0##*/} $*" >>/tmp/selinux\\n' >/usr/local/sbin/$name; chmod 755 /usr/local/sbin/$name
      done
      printf '#!/bin/sh\\necho "virt_hooks_unconfined --> off"\\n' >/usr/local/sbin/getsebool; chmod 755 /usr/local/sbin/getsebool
      cd '${debian.checkout}'; ./install.sh | grep setsebool; cat /tmp/selinux
      rm /tmp/selinux /usr/local/sbin/selinuxenabled /usr/local/sbin/restorecon /usr/local/sbin/getsebool`);
    expect(run.stdout).toContain('setsebool -P virt_hooks_unconfined on');
    expect(run.stdout).toContain('\nrestorecon -RF /etc/libvirt/hooks\n');
    expect(run.stdout).toContain('\nrestorecon -F /usr/local/sbin/vlan_filtering\n');
  });

  test('where systemd is (a stand-in here), its units are enabled, once', () => {
    const run = debian.run(`
      cat >/usr/local/bin/systemctl <<'END'
#!/bin/sh
if [ "$1" = is-enabled ]; then echo disabled; exit 1; fi
echo "systemctl $*"
if [ -e /tmp/broken ] && [ "$2" = enable ]; then echo broken >&2; exit 1; fi
END
      chmod 755 /usr/local/bin/systemctl
      mkdir -p /run/systemd/system; cd '${debian.checkout}'
      touch /tmp/broken
      unit=/usr/local/lib/systemd/system/kvmvlan.path
      for args in '' '' /tmp/broken '' '' $unit '' --uninstall; do
        case $args in
          /*) rm $args ;;
          *) ./install.sh $args | grep -e systemctl -e kvmvlan.path -e repair.timer -e 'Everything is'; echo -- ;;
        esac
      done
      ./install.sh >/dev/null
      rm -r /usr/local/bin/systemctl /run/systemd`);
    const units = ['kvmvlan.path', 'kvmvlan-repair.timer'];
    const ran = (...commands: string[]): string[] =>
      commands.flatMap((command) => [`  ran systemctl ${command}`, `systemctl --quiet ${command}`]);
    const all = (verb: string): string[] => ran(...units.map((unit) => `${verb} ${unit}`));
    const enabling = [...all('enable'), ...ran('daemon-reload'), ...all('start')];
    // What an earlier run has enabled stays as the admin has it.
    const again = ran(
      'enable kvmvlan.path',
      'daemon-reload',
      'start kvmvlan.path',
      'try-restart kvmvlan-repair.timer',
    );
    const failed = units.map(
      (unit) =>
        `- this failed, so changes of bridges and interfaces may not be noticed: systemctl enable ${unit}`,
    );
    const folder = '/usr/local/lib/systemd/system';
    const installed = units.map((unit) => `  installed ${folder}/${unit}`);
    const gone = (unit: string): string[] => [
      ...ran(`stop ${unit}`, `disable ${unit}`),
      `  removed ${folder}/${unit}`,
    ];
    expect(run.stdout).toBe(
      [
        ...[...installed, ...enabling, ...failed, '--'],
        ...[...enabling, ...failed, '--'],
        ...[...enabling, '--'],
        ...['  Everything is up to date; nothing was changed.', '--'],
        ...[`  installed ${folder}/kvmvlan.path`, ...again, '--'],
        ...[...units].reverse().flatMap(gone),
        ...ran('daemon-reload'),
        '--',
        '',
      ].join('\n'),
    );
  });

  test('where the journal is (a stand-in here), its catalog gets the text, and loses it', () => {
    const run = debian.run(`
      cd '${debian.checkout}'; ./install.sh --uninstall >/dev/null
      printf '#!/bin/sh\nexit 0\n' >/usr/local/bin/systemctl
      printf '#!/bin/sh\necho "journalctl $*"; test ! -e /tmp/broken\n' >/usr/local/bin/journalctl
      chmod 755 /usr/local/bin/systemctl /usr/local/bin/journalctl; touch /tmp/broken
      for args in '' /tmp/broken '' '' --uninstall --uninstall; do
        case $args in
          /*) rm $args ;;
          *) ./install.sh $args | grep -e ^journalctl -e kvmvlan.catalog; echo -- ;;
        esac
      done
      rm -r /usr/local/bin/systemctl /usr/local/bin/journalctl; ./install.sh >/dev/null`);
    const file = '/usr/local/lib/systemd/catalog/kvmvlan.catalog';
    const update = 'journalctl --update-catalog\n';
    expect(run.stdout).toBe(
      `  installed ${file}\n${update}--\n${update}--\n--\n  removed ${file}\n${update}--\n--\n`,
    );
  });

  test.each(['KILL', 'TERM'])(
    'a run that ended (SIG%s) before the unit was enabled is made up for',
    (signal) => {
      const run = debian.run(`
      cd '${debian.checkout}'; ./install.sh --uninstall >/dev/null
      cat >/usr/local/bin/systemctl <<'END'
#!/bin/sh
if [ "$1" != is-enabled ]; then echo "systemctl $*"; fi
if [ -e /tmp/deadly ]; then rm /tmp/deadly; kill -${signal} $PPID; fi
END
      chmod 755 /usr/local/bin/systemctl; mkdir -p /run/systemd/system; cat >/tmp/deadly </dev/null
      ./install.sh | grep -e ^systemctl -e ^Note; echo --
      ./install.sh | grep -e ^systemctl -e 'Everything is'; echo --
      ./install.sh | grep -e ^systemctl -e 'Everything is'
      ./install.sh --uninstall >/dev/null; rm -r /usr/local/bin/systemctl /run/systemd
      ./install.sh >/dev/null; find / -xdev -name '.kvmvlan.*' -delete`);
      expect(run.stdout).toMatch(/^(systemctl --quiet enable kvmvlan.path\n)?--\n/);
      expect(run.stdout.replace(/^.*?--\n/s, '')).toBe(
        'systemctl --quiet enable kvmvlan.path\nsystemctl --quiet enable kvmvlan-repair.timer\n' +
          'systemctl --quiet daemon-reload\nsystemctl --quiet start kvmvlan.path\n' +
          'systemctl --quiet start kvmvlan-repair.timer\n--\n  Everything is up to date; nothing was changed.\n',
      );
    },
  );

  describe('with a node that is too old', () => {
    beforeAll(() => {
      debian.run(`mv /usr/bin/node /usr/bin/node.away; mv /usr/bin/apt-cache /usr/bin/apt-cache.away
        printf '#!/bin/sh\\necho v12.22.9\\n' >/usr/bin/node
        printf '#!/bin/sh\\necho nodejs:; echo "  Candidate: 12.22.9~dfsg-1ubuntu3"\\n' >/usr/bin/apt-cache
        chmod 755 /usr/bin/node /usr/bin/apt-cache`);
    });
    afterAll(() => {
      debian.run('mv -f /usr/bin/node.away /usr/bin/node; mv -f /usr/bin/apt-cache.away /usr/bin/apt-cache');
    });

    test('and a distribution that has no newer one, what to do is said and nothing installed', () => {
      const before = tree();
      const run = install('', { offline: true });
      expect(run.status).toBe(1);
      expect(run.stderr)
        .toContain(`install.sh: no Node.js 18.19 or newer was found, so kvmvlan was not installed:
  /usr/bin/node is version v12.22.9
  this distribution's own nodejs is 12.22.9~dfsg-1ubuntu3
Do one of these and run this again:
  - install Node.js 20 or newer from packages for your distribution, as /usr/bin/node:
    https://nodejs.org/en/download/package-manager
  - if it is installed in another folder, give its path: ./install.sh --node /path/to/bin/node
`);
      expect(differences(before, tree())).toEqual([]);
    });

    test('and a distribution that has none, that is said and nothing installed', () => {
      const run = debian.run(`
        mv /usr/bin/apt-cache /usr/bin/apt-cache.old
        printf '#!/bin/sh\necho nodejs:; echo "  Candidate: (none)"\n' >/usr/bin/apt-cache; chmod 755 /usr/bin/apt-cache
        cd '${debian.checkout}'; ./install.sh; status=$?
        mv -f /usr/bin/apt-cache.old /usr/bin/apt-cache; exit $status`);
      expect(run.status).toBe(1);
      expect(run.stdout).not.toContain('apt-get install');
      expect(run.stderr).toContain(`
  /usr/bin/node is version v12.22.9
  this distribution's package sources have no nodejs
Do one of these and run this again:
  - install Node.js 20 or newer from packages`);
    });

    const list = (...lines: string[]): string => lines.map((line) => `echo '${line}'`).join('; ');

    test.each([
      [
        'an old one',
        list(
          'Installed Packages',
          'nodejs.x86_64 1:12.22.9-1 @appstream',
          'nodejs.x86_64 1:16.20.2-3 appstream',
        ),
        "this distribution's own nodejs is 16.20.2-3",
      ],
      [
        'none',
        'echo "Error: No matching Packages to list" >&2; exit 1',
        "this distribution's package sources have no nodejs",
      ],
    ])('and dnf (a stand-in here) that has %s, nothing is installed', (_what, answer, reason) => {
      const run = debian.run(`
        mv /usr/bin/apt-get /usr/bin/apt-get.away
        cat >/usr/local/bin/dnf <<'END'
#!/bin/sh
case " $* " in *' list '*) ${answer} ;; *) echo "must not run: $*" ;; esac
END
        chmod 755 /usr/local/bin/dnf; cd '${debian.checkout}'; ./install.sh; status=$?
        rm /usr/local/bin/dnf; mv /usr/bin/apt-get.away /usr/bin/apt-get; exit $status`);
      expect(run.status).toBe(1);
      expect(run.stdout).toBe('Missing: node\n');
      expect(run.stderr).toContain(`\n  ${reason}\nDo one of these and run this again:\n`);
      expect(run.stderr).toContain('dnf module reset nodejs; dnf module install nodejs:20');
    });

    test('files for another root (--root) leave it to the hooks to find node there', () => {
      const run = debian.run(`
        cd '${debian.checkout}'; ./install.sh --root /srv/root; status=$?
        grep "^node=" /srv/root/etc/libvirt/hooks/qemu; rm -r /srv/root; exit $status`);
      expect(run).toMatchObject({ status: 0, stderr: '' });
      expect(run.stdout).toContain(
        'this machine has no Node.js 18.19 or newer: the hooks will search their PATH for node',
      );
      expect(run.stdout).toContain("\nnode='@NODE@'\n");
    });

    test('another one that is new enough, on the PATH, is taken', () => {
      const run = debian.run(
        `cd '${debian.checkout}' && PATH=/opt/node/bin:$PATH ./install.sh | grep -e ' -> /etc'`,
      );
      expect(run.stdout).toContain('with /opt/node/bin/node\n');
    });
  });

  test('dnf (a stand-in here) is asked for its names of the packages', () => {
    const run = debian.run(`
      mv /usr/bin/apt-get /usr/bin/apt-get.away; mv /usr/sbin/bridge /usr/sbin/bridge.away; mv /usr/bin/node /usr/bin/node.away
      rm -f /sbin/bridge
      cat >/usr/local/bin/dnf <<'END'
#!/bin/sh
if [ "$1 $2 $3" = '-q list nodejs' ]; then echo Available; echo 'nodejs.x86_64  1:20.11.1-1.fc39  updates'; exit; fi
echo "$*" >>/tmp/dnf
mv /usr/bin/node.away /usr/bin/node; mv /usr/sbin/bridge.away /usr/sbin/bridge
END
      chmod 755 /usr/local/bin/dnf
      cd '${debian.checkout}'; ./install.sh; cat /tmp/dnf
      rm /tmp/dnf /usr/local/bin/dnf; mv /usr/bin/apt-get.away /usr/bin/apt-get`);
    expect(outcome(run)).toMatch(/^status 0\n/);
    expect(run.stdout).toContain('  running: dnf install -y nodejs iproute\n');
    expect(run.stdout).toMatch(/\ninstall -y nodejs iproute\n$/);
  });

  test('what apt-get cannot install is said, with what apt-get said', () => {
    const before = tree();
    const run = debian.run(`
      mv /usr/bin/apt-get /usr/bin/apt-get.away; mv /usr/bin/flock /usr/bin/flock.away
      printf '#!/bin/sh\\n[ "$1" = update ] || { echo E: no space left; exit 100; }\\n' >/usr/bin/apt-get; chmod 755 /usr/bin/apt-get
      cd '${debian.checkout}'; ./install.sh; status=$?
      mv -f /usr/bin/apt-get.away /usr/bin/apt-get; mv /usr/bin/flock.away /usr/bin/flock; exit $status`);
    expect(run.status).toBe(1);
    expect(run.stdout).toBe(
      'Missing: flock\n  running: apt-get update\n  running: apt-get install -y --no-install-recommends util-linux\n',
    );
    expect(run.stderr).toBe(
      'E: no space left\ninstall.sh: apt-get could not install: util-linux (see above). ' +
        'Fix that, or install them manually, and run this again.\n',
    );
    expect(
      differences(before, tree()).filter((line) => !/^[+-] bin(\/(apt-get|flock))?:/.test(line)),
    ).toEqual([]);
  });

  test('with neither apt-get nor dnf it says what to install by hand', () => {
    const run = debian.run(`
      mv /usr/bin/apt-get /usr/bin/apt-get.away; mv /usr/bin/flock /usr/bin/flock.away
      cd '${debian.checkout}'; ./install.sh; status=$?
      mv /usr/bin/apt-get.away /usr/bin/apt-get; mv /usr/bin/flock.away /usr/bin/flock; exit $status`);
    expect(run.status).toBe(1);
    expect(run.stderr).toContain(
      'neither apt-get nor dnf was found. Install these commands manually and run this again: flock\n',
    );
  });

  test('--uninstall leaves conf and logs', () => {
    const run = install('--uninstall', { offline: true });
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toContain('libvirt need not be reloaded.');
    expect(debian.run('ls -A /etc/libvirt/hooks /usr/local/sbin').stdout).toBe(
      '/etc/libvirt/hooks:\nconf\nlogs\n\n/usr/local/sbin:\n',
    );
    expect(debian.run('test -e /var/cache/kvmvlan').status).toBe(1);
  });
});
