import { denials } from './denials';
import { describeMachine } from './describe_machine';
import { defineGuest, guestState, restartLibvirtd, startGuest } from './guests';
import { hooks } from './installed';
import { IPXE_STAY, ipxeUp } from './ipxe';
import { whenSwitching } from './readme_example';
import { askFor, inTransit, ROUTER_SETTINGS, whoAnswered, wireMac, type Answered } from './routed';
import { MIGRATE_URI, startSecondHost, THERE, URI, type Host } from './second_host';
import { until } from './until';
import { isWhole } from './test_depth';

const ADDRESS = '10.9.0.20';
const CONF = `[DEFAULT]
uplink = wire
[tap-mover]
guest = mover
address = ${ADDRESS}
[tap-speaker]
guest = speaker
address = 10.9.0.21
`;
const NIC = { mac: '52:54:00:00:aa:01', device: 'tap-mover', isRouted: true };
const NOISE = '/srv/noise';
/** The guest's memory takes ten seconds then. */
const SLOWLY = '--bandwidth 1';

describeMachine('a routed guest', (machine) => {
  const must = (script: string): Promise<string> => machine().must(script, { timeoutMs: 400_000 });

  const migrate = (from: Host, to: Host, options: string): string => {
    const by = options.includes('--tunnelled') ? '' : `--migrateuri ${MIGRATE_URI[to]}`;
    return `virsh --quiet -c '${URI[from]}' migrate ${options} mover '${URI[to]}' ${by}`;
  };
  /** Begins a slow migration from here, and waits until the memory is on its way. */
  const beginSlowly = async (): Promise<void> => {
    await must(
      `${migrate('here', 'there', `--live ${SLOWLY}`)} >/run/migrate.out 2>&1 </dev/null & echo $! >/run/migrate.pid
       until virsh domjobinfo mover 2>/dev/null | grep -q 'Data processed'; do kill -0 $!; sleep 0.2; done`,
    );
  };
  const migrationEnded = (): Promise<string> =>
    must('while kill -0 "$(cat /run/migrate.pid)" 2>/dev/null; do sleep 0.2; done; cat /run/migrate.out');
  const states = async (): Promise<Record<Host, string>> => {
    const of = async (host: Host): Promise<string> =>
      (await machine().run(`virsh -c '${URI[host]}' domstate mover`)).stdout.trim();
    return { here: await of('here'), there: await of('there') };
  };
  /** Who answered meanwhile, once nothing moves any more. */
  const answered = async (): Promise<Answered> => {
    await until('no guest is in transit', async () => (await inTransit(machine())) === '');
    const found = await whoAnswered(machine());
    process.stdout.write(`answered: ${found.hosts.join(', ')}; nobody for ${found.nobody.toFixed(2)} s\n`);
    return found;
  };
  /** The host whose MAC a machine on the wire has for the address. */
  const whoIsSentTo = async (): Promise<string> => {
    const neighbours = await must(`ip -n lan neigh show ${ADDRESS}`);
    for (const host of ['here', 'there'] as const)
      if (neighbours.includes(await wireMac(machine(), host))) return host;
    return neighbours;
  };

  beforeEach(async () => {
    await machine().prepared('routed-guest-runs', async () => {
      await whenSwitching(machine());
      await machine().write(`${hooks}/conf/guest_routes.conf`, CONF);
      await startSecondHost(machine());
      await must(`(${ROUTER_SETTINGS}); ${THERE}/inside sh -c '${ROUTER_SETTINGS}'`);
      await must(`head -c 9000000 /dev/urandom >${NOISE}; chmod 644 ${NOISE}`);
      await defineGuest(machine(), {
        name: 'mover',
        nics: [NIC],
        // The two libvirtds would fight over the one profile of its UUID.
        isUnconfined: true,
        qemu: ['-device', `loader,file=${NOISE},addr=0x400000,force-raw=on`],
      });
      await startGuest(machine(), 'mover');
      await must(`systemd-run --quiet --unit=asker ip netns exec lan ping -i 0.2 ${ADDRESS}`);
    });
    // QEMU, which is not root, needs it for post-copy.
    await must('echo 1 >/proc/sys/vm/unprivileged_userfaultfd');
    await until('the machine on the wire knows where it is', async () => (await whoIsSentTo()) === 'here');
    await askFor(machine(), ADDRESS);
  });

  afterEach(async () => {
    expect(await denials(machine())).toEqual([]);
  });

  const ways: [how: string, there: string, back: string][] = [
    ['managed by the client', '--live', '--live'],
    ['peer-to-peer, and tunnelled', '--live --p2p', '--live --p2p --tunnelled'],
    ['by post-copy', `--live --p2p --postcopy --postcopy-after-precopy ${SLOWLY}`, '--live --p2p'],
  ];
  test.each(isWhole ? ways : ways.slice(0, 1))(
    'it migrates %s, and back: never two hosts answer for it',
    async (_, there, back) => {
      await must(migrate('here', 'there', there));
      expect(await states()).toEqual({ here: 'shut off', there: 'running' });
      await until('it is sent to the new host', async () => (await whoIsSentTo()) === 'there');
      await must(migrate('there', 'here', back));
      expect(await states()).toMatchObject({ here: 'running' });
      await until('it is sent to the old host again', async () => (await whoIsSentTo()) === 'here');
      expect((await answered()).hosts).toEqual(['here', 'there', 'here']);
    },
  );

  if (!isWhole) return;

  test('a guest with a network stack answers pings on the way there and back', async () => {
    const speaks = async (): Promise<boolean> =>
      (await machine().run('ip netns exec lan ping -c 1 -W 1 10.9.0.21')).status === 0;
    await defineGuest(machine(), {
      name: 'speaker',
      nics: [{ mac: '52:54:00:00:aa:02', device: 'tap-speaker', isRouted: true }],
      isUnconfined: true,
      ipxe: [...ipxeUp('10.9.0.21'), IPXE_STAY],
    });
    await startGuest(machine(), 'speaker');
    for (const [from, to] of [
      ['here', 'there'],
      ['there', 'here'],
    ] as const) {
      await until('it answers', speaks);
      const said = await must(
        `ip netns exec lan ping -q -i 0.1 10.9.0.21 >/run/pings & pings=$!
         virsh --quiet -c '${URI[from]}' migrate --live --p2p speaker '${URI[to]}' --migrateuri ${MIGRATE_URI[to]}
         for try in $(seq 30); do ip netns exec lan ping -c 1 -W 1 10.9.0.21 >/dev/null && break; done
         kill -INT $pings; wait $pings || true; cat /run/pings`,
      );
      const [, sent = 0, received = 0] = (/(\d+) packets transmitted, (\d+) received/.exec(said) ?? []).map(
        Number,
      );
      process.stdout.write(`pings answered ${from} to ${to}: ${received} of ${sent}\n`);
      expect(received).toBeGreaterThan(0);
      // Ten a second.
      expect(sent - received).toBeLessThan(100);
      expect(await speaks()).toBe(true);
    }
    await must('virsh --quiet destroy speaker');
    expect((await answered()).hosts).toEqual(['here']);
  });

  test('its migration is cancelled: the source answers all the time', async () => {
    await beginSlowly();
    await must('virsh --quiet domjobabort mover');
    expect(await migrationEnded()).toContain('canceled');
    expect(await states()).toEqual({ here: 'running', there: '' });
    expect(await answered()).toEqual({ hosts: ['here'], nobody: expect.closeTo(0, 0) as number });
  });

  test('its migration fails at the end: the source answers again', async () => {
    await must(`mv ${THERE}/etc/qemu ${THERE}/etc/qemu.away; touch ${THERE}/etc/qemu`);
    await must(`! ${migrate('here', 'there', '--live --persistent')}`);
    await until('it runs again', async () => (await guestState(machine(), 'mover')) === 'running');
    expect((await answered()).hosts).toEqual(['here']);
    expect(await whoIsSentTo()).toBe('here');
  });

  test('the hook of the destination refuses: it stays', async () => {
    await machine().write(`${THERE}/etc/hooks/conf/guest_routes.conf`, CONF.replace('wire', 'nowhere'));
    const { status, stderr } = await machine().run(migrate('here', 'there', '--live'));
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/no interface nowhere/);
    expect(await states()).toEqual({ here: 'running', there: '' });
    expect(await answered()).toEqual({ hosts: ['here'], nobody: expect.closeTo(0, 0) as number });
  });

  test('paused, it moves all the same', async () => {
    await must('virsh --quiet suspend mover');
    await must(migrate('here', 'there', ''));
    expect(await states()).toEqual({ here: 'shut off', there: 'paused' });
    await until('it is sent to the new host', async () => (await whoIsSentTo()) === 'there');
    await must(`virsh --quiet -c '${URI.there}' resume mover`);
    expect((await answered()).hosts).toEqual(['here', 'there']);
  });

  test('saved, nobody answers for it; restored, its host does', async () => {
    await must('virsh --quiet save mover /var/lib/libvirt/mover.save; sleep 3');
    expect((await answered()).hosts).toEqual(['here']);
    expect(await must('ip neigh show proxy; ip route show proto 107')).toBe('');
    await askFor(machine(), ADDRESS);
    await must('virsh --quiet restore /var/lib/libvirt/mover.save');
    expect((await answered()).hosts).toEqual(['here']);
    expect(await must('ip neigh show proxy')).toContain(ADDRESS);
  });

  test('the followers of both hosts are killed while it moves', async () => {
    await beginSlowly();
    const units = ['kvmvlan-routes', 'kvmvlan-routes-there'];
    const kill = units.map((unit) => `systemctl kill --signal=KILL ${unit}.service`);
    await must(`for try in $(seq 100); do systemctl is-active -q ${units.join(' ')} && break; sleep 0.1; done
      ${kill.join('\n')}`);
    await migrationEnded();
    expect(await states()).toEqual({ here: 'shut off', there: 'running' });
    await until('it is sent to the new host', async () => (await whoIsSentTo()) === 'there');
    expect((await answered()).hosts).toEqual(['here', 'there']);
  });

  test.each<[what: string, harm: () => Promise<unknown>]>([
    ['of the source is restarted', () => restartLibvirtd(machine())],
    [
      'of the destination is killed',
      () => must(`kill -KILL "$(cat ${THERE}/run-libvirt/libvirtd.pid)"; ${THERE}/start`),
    ],
  ])('libvirtd %s while it moves: it stays', async (_, harm) => {
    await beginSlowly();
    await harm();
    await migrationEnded();
    await until('only its host has it', async () => {
      const { here, there } = await states();
      return here === 'running' && there === '';
    });
    expect((await answered()).hosts).toEqual(['here']);
  });
});
