import { denials } from './denials';
import { describeMachine } from './describe_machine';
import { guestState, restartLibvirtd } from './guests';
import { hooks } from './installed';
import { guestsWanted, whenGuestsRun } from './readme_example';
import { until } from './until';
import { vlansOfAll } from './vlans';
import { isWhole } from './test_depth';

const dispatchLog = `${hooks}/logs/dispatch.log`;

/** What breaks, how, and what is to be read of it in `where` for each guest, in dispatch.log unless given. */
const faults = [
  {
    fault: 'node is removed',
    script: 'mv /usr/bin/node /usr/bin/nodejs /root/',
    told: /node was not found: install version 18\.19 or later as \/usr\/bin\/node/,
  },
  {
    fault: 'the bundle is cut off',
    script: `truncate -s 60000 ${hooks}/qemu`,
    told: /node ended with status 1; .*install kvmvlan again/,
  },
  {
    fault: 'there is no memory',
    // What libvirtd itself takes, and node does not get by with.
    script: `mkdir -p /etc/systemd/system/libvirtd.service.d
      printf '[Service]\\nEnvironment=MALLOC_ARENA_MAX=1\\nLimitAS=330M\\nLimitCORE=0\\n' \\
        >/etc/systemd/system/libvirtd.service.d/no-memory.conf
      systemctl daemon-reload
      ! (ulimit -v 337920; node -e 0) 2>/dev/null`,
    told: /node (was killed by signal \d+|ended with status \d+|did not start within 60 s); /,
  },
  {
    fault: 'dispatch.conf cannot be read',
    script: `cd ${hooks}/conf; rm dispatch.conf; mkdir dispatch.conf`,
    told: /"vlan_filtering","outcome":"failed","reason":"not run: cannot read \S+dispatch\.conf/,
  },
  {
    fault: 'vlan_filtering.conf cannot be read',
    script: `cd ${hooks}/conf; rm vlan_filtering.conf; mkdir vlan_filtering.conf`,
    told: /"vlan_filtering","outcome":"failed","reason":"exit 2: cannot read \S+vlan_filtering\.conf/,
  },
  {
    fault: 'a script kills its parent',
    script: `printf '#!/bin/sh\\nkill -9 $PPID\\n' >${hooks}/qemu_reconnect_begin.d/a_killer
      chmod 755 ${hooks}/qemu_reconnect_begin.d/a_killer`,
    told: /node was killed by signal 9; /,
  },
  {
    fault: 'the disk is full',
    script: `mount -t tmpfs -o size=4k full ${hooks}/logs
      head -c 8192 /dev/zero >${hooks}/logs/fill || true
      for size in 1G 100M 10M 1M 100K 4K; do
        part=0
        while fallocate -l $size /fill.$size.$part; do part=$((part + 1)); done 2>/dev/null
      done`,
    told: /cannot write \S+dispatch\.log: ENOSPC/,
    where: 'journalctl -t kvmvlan --output=cat',
  },
];

/** The bundle tier has all of them too, without libvirtd. */
const short = ['node is removed', 'a script kills its parent', 'the disk is full'];

describeMachine('a running guest survives a restart of libvirtd', (machine) => {
  beforeEach(() => whenGuestsRun(machine()));

  afterEach(async () => {
    expect(await denials(machine())).toEqual([]);
  });

  const tried = faults.filter(({ fault }) => isWhole || short.includes(fault));
  test.each(tried)('when $fault', async ({ script, told, where = `cat ${dispatchLog}` }) => {
    // As installed nothing runs in this phase: an administrator has put it there.
    await machine().must(
      `systemctl stop kvmvlan-repair.timer kvmvlan-repair.service kvmvlan.path kvmvlan.service
       ln -s ../qemu_start_begin.d/vlan_filtering ${hooks}/qemu_reconnect_begin.d/`,
    );
    const pids = await machine().must('pgrep -x qemu-system-x86');
    await machine().must(script);
    await restartLibvirtd(machine());
    for (const guest of ['VM1', 'VM2']) {
      const isOfGuest = (line: string): boolean => /\breconnect\b/.test(line) && line.includes(guest);
      await until(`the trouble of ${guest} is told`, async () =>
        (await machine().must(where)).split('\n').some((line) => isOfGuest(line) && told.test(line)),
      );
      expect(await guestState(machine(), guest)).toBe('running');
    }
    // The hooks have ended, and libvirt has decided. What a hook of the daemon has left to finish is no hook.
    // In brackets, so that the shell that asks does not find itself.
    await until(
      'no hook runs',
      async () => (await machine().run('pgrep -f "libvirt/[h]ooks/(qemu|daemon) "')).stdout === '',
    );
    expect(await machine().must('virsh --quiet list --name')).toMatch(/VM1\n[^]*VM2\n|VM2\n[^]*VM1\n/);
    expect(await machine().must('pgrep -x qemu-system-x86')).toBe(pids);
    expect(await vlansOfAll(machine(), Object.keys(guestsWanted))).toEqual(guestsWanted);
  });
});
