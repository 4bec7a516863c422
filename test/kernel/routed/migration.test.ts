import { describeOwnKernel } from '../describe_own_kernel';
import { succeed } from '../succeed';
import { inBackground, type Background } from './background';
import { callHook, RUNNING, WEB, writeStatus, type Status } from './guest';
import { addForeign, foreign, ours } from './host_state';
import { ADDRESS, buildLab, CONF, HOSTS, on, PLUGIN, plugTap, ROUTER, runGuest, type Host } from './lab';
import { beginPings, whoAnswers, type Pings } from './pings';
import { recorded, type Recorded } from './recorded';
import { replay, startFollower } from './replay';

const BOTH = Object.values(ADDRESS);
const ROUTERS = Object.values(ROUTER);
const HAS_IT = [
  'proxy 2001:db8::20 eth0',
  'proxy 203.0.113.20 eth0',
  'route 2001:db8::20 vnet0',
  'route 203.0.113.20 vnet0',
];
const PAUSED: Status = { attributes: "state='paused' reason='user'", job: '' };
/** A moment in seconds, and what each host answers for from then on. */
type Proxies = [since: number, addresses: Record<Host, string[]>];

describeOwnKernel('guest_routes while a guest moves', (kernel) => {
  // Many starts of node, which take a second each in User-Mode Linux.
  jest.setTimeout(300_000);
  let before: string[][] = [];
  let watch: Background;

  const foreigns = (): Promise<string[][]> =>
    HOSTS.reduce<Promise<string[][]>>(
      async (found, host) => [...(await found), await foreign(kernel, host)],
      Promise.resolve([]),
    );

  beforeEach(async () => {
    await kernel.reset();
    // No host can forward what comes too late, so each lost moment counts.
    await buildLab(kernel, CONF.replace('probe = no', 'probe = yes'), 'outside');
    for (const host of HOSTS) await addForeign(kernel, host);
    before = await foreigns();
    watch = await inBackground(kernel, null, 'proxies', ['/run/lab/stop', ...HOSTS]);
  });
  afterEach(async () => {
    expect(await foreigns()).toEqual(before);
  });

  /** The guest has been started on a host. */
  const startOn = async (host: Host, status = RUNNING): Promise<void> => {
    await plugTap(kernel, host);
    expect(await callHook(kernel, host, WEB, 'start begin')).toMatchObject({ status: 0 });
    if (status === RUNNING) await runGuest(kernel, host);
    await writeStatus(kernel, host, WEB, status);
    expect(await callHook(kernel, host, WEB, 'started begin')).toMatchObject({ status: 0 });
    expect(await ours(kernel, host)).toEqual(HAS_IT);
  };

  const runAll = async (host: Host): Promise<void> => {
    expect(await on(kernel, host, `${PLUGIN} --all`)).toMatchObject({ status: 0 });
  };

  /** Since when which hosts answer for the guest. Never both at one moment. */
  const whoAnswered = async (): Promise<[since: number, hosts: string][]> => {
    await succeed(kernel, 'touch /run/lab/stop');
    const seen = (await watch.result()) as Proxies[];
    const hosts = seen.map(([since, state]): [number, string] => [
      since,
      HOSTS.filter((host) => state[host].some((address) => BOTH.includes(address))).join('+'),
    ]);
    return hosts.filter(([, host], place) => host !== hosts[place - 1]?.[1]);
  };
  const inOrder = async (): Promise<string[]> => (await whoAnswered()).map(([, host]) => host);

  /**
   * By address, how many of 100 pings were answered, and how many were lost while no host had the address. The latter
   * depend on how busy this machine is, all others on the announcements.
   */
  const count = async (
    what: string,
    { sent, answered }: Pings,
  ): Promise<{ lost: number; nobody: number }[]> => {
    const hosts = await whoAnswered();
    const isNobodys = (at: number): boolean => hosts.findLast(([since]) => since <= at)?.[1] === '';
    const counts = BOTH.map((address) => {
      const lost = [...sent.keys()].filter((number) => !answered[address]?.includes(number));
      return { lost: lost.length, nobody: lost.filter((number) => isNobodys(sent[number] ?? 0)).length };
    });
    const [left, came] = hosts.slice(-2).map(([since]) => since);
    const text = counts.map(({ lost, nobody }, place) => `${BOTH[place]} ${100 - lost} (${nobody} before)`);
    const gap = Math.round(((came ?? 0) - (left ?? 0)) * 1000);
    process.stderr.write(
      `${what} (${kernel.kind}): answered of 100: ${text.join(', ')}; nobody's for ${gap} ms\n`,
    );
    return counts;
  };

  /** Pings from shortly before the guest stops on the source. */
  const measure = async (events: readonly Recorded[], source: Host): Promise<Pings> => {
    let end: (() => Promise<Pings>) | undefined;
    await startFollower(kernel, source);
    await replay(kernel, events, source, {
      onStop: async () => {
        end = await beginPings(kernel, 'router', BOTH, 100);
      },
    });
    if (end === undefined) throw new Error('The guest never stopped');
    return end();
  };

  describe('by guest_routes --all after each change of a status file', () => {
    const all = { all: true };

    test.each<[string, Host, Host]>([
      ['migrate, managed direct', 'host1', 'host2'],
      ['migrate, peer-to-peer', 'host2', 'host1'],
      ['post-copy', 'host1', 'host2'],
    ])('%s: the address moves with the guest', async (section, source, destination) => {
      await startOn(source);
      expect(await whoAnswers(kernel, 'router', BOTH)).toEqual(BOTH);
      const events = recorded(section);
      const end = events.findIndex(
        (event, place) => place > 8 && event.host === source && 'status' in event && event.status === null,
      );
      await replay(kernel, events.slice(0, end + 2), source, all);
      expect(await ours(kernel, source)).toEqual([]);
      expect(await ours(kernel, destination)).toEqual(HAS_IT);
      expect(await whoAnswers(kernel, 'router', BOTH)).toEqual(BOTH);
      expect(await whoAnswers(kernel, 'guest', ROUTERS)).toEqual(ROUTERS);
      expect(await inOrder()).toEqual(['', source, '', destination]);
    });

    test('a cancelled migration: the address never leaves the source', async () => {
      await startOn('host2');
      await replay(kernel, recorded('cancelled'), 'host2', all);
      expect(await ours(kernel, 'host1')).toEqual([]);
      expect(await ours(kernel, 'host2')).toEqual(HAS_IT);
      expect(await whoAnswers(kernel, 'router', BOTH)).toEqual(BOTH);
      expect(await inOrder()).toEqual(['', 'host2']);
    });

    test('a migration that fails on the destination at its end: the address returns', async () => {
      await startOn('host1');
      const events = recorded('Finish fails').filter(({ seconds }) => seconds > 78 && seconds < 99);
      await replay(kernel, events, 'host1', all);
      expect(await ours(kernel, 'host2')).toEqual([]);
      expect(await ours(kernel, 'host1')).toEqual(HAS_IT);
      expect(await whoAnswers(kernel, 'router', BOTH)).toEqual(BOTH);
      expect(await inOrder()).toEqual(['', 'host1', '', 'host1']);
    });

    test('a paused guest moves, and runs later', async () => {
      await startOn('host2', PAUSED);
      const events = recorded('paused guest migrates');
      await replay(kernel, events.slice(0, -1), 'host2', all);
      expect(await ours(kernel, 'host2')).toEqual([]);
      expect(await ours(kernel, 'host1')).toEqual(HAS_IT);
      await runGuest(kernel, 'host1');
      await writeStatus(kernel, 'host1', WEB, RUNNING);
      await runAll('host1');
      expect(await whoAnswers(kernel, 'router', BOTH)).toEqual(BOTH);
      expect(await inOrder()).toEqual(['', 'host2', '', 'host1']);
    });
  });

  describe('by the follower', () => {
    test.each<[string]>([['migrate, managed direct'], ['post-copy']])(
      '%s: hardly a ping is lost',
      async (section) => {
        await startOn('host1');
        const events = recorded(section).filter(({ seconds }) => seconds < 101);
        const pings = await measure(events, 'host1');
        expect(await ours(kernel, 'host1')).toEqual([]);
        expect(await ours(kernel, 'host2')).toEqual(HAS_IT);
        const counts = await count(section, pings);
        // In User-Mode Linux, the processes between claim and announcement take as long as many pings.
        if (kernel.kind === 'netns')
          for (const { lost, nobody } of counts) expect(lost - nobody).toBeLessThanOrEqual(10);
        expect(await whoAnswers(kernel, 'router', BOTH)).toEqual(BOTH);
        expect(await inOrder()).toEqual(['', 'host1', '', 'host2']);
      },
    );

    test('nothing watches on the source: the destination waits until its last hook has let go', async () => {
      await startOn('host1');
      await replay(kernel, recorded('migrate, managed direct'), 'host1', {});
      await succeed(
        kernel,
        'for try in $(seq 100); do /run/lab/on host2 ip neigh show proxy | grep -q . && exit 0; sleep 0.1; done; exit 1',
      );
      expect(await whoAnswers(kernel, 'router', BOTH)).toEqual(BOTH);
      expect(await ours(kernel, 'host1')).toEqual([]);
      expect(await ours(kernel, 'host2')).toEqual(HAS_IT);
      expect(await inOrder()).toEqual(['', 'host1', '', 'host2']);
    });

    test('without announcements, the router keeps sending to the host that the guest has left', async () => {
      await startOn('host1');
      for (const host of HOSTS)
        await succeed(
          kernel,
          `/run/lab/on ${host} mount --bind /bin/true "$(readlink -f "$(command -v perl)")"`,
        );
      const pings = await measure(recorded('migrate, managed direct'), 'host1');
      for (const { lost, nobody } of await count('without announcements', pings))
        expect(lost - nobody).toBeGreaterThan(10);
    });

    test('a migration that fails on the destination at its end: the address returns', async () => {
      await startOn('host1');
      const events = recorded('Finish fails').filter(({ seconds }) => seconds > 78 && seconds < 99);
      const pings = await measure(events, 'host1');
      await count('Finish fails', pings);
      expect(await whoAnswers(kernel, 'router', BOTH)).toEqual(BOTH);
      expect(await ours(kernel, 'host2')).toEqual([]);
      expect(await ours(kernel, 'host1')).toEqual(HAS_IT);
      expect(await inOrder()).toEqual(['', 'host1', '', 'host1']);
    });
  });
});
