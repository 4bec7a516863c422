import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeWith } from '../describe_kernel';
import { KVMVLAN } from '../kvmvlan';
import { openKernel } from '../open_kernel';
import { quote } from '../quote';
import { repositoryRoot } from '../repository_root';
import { startAgent } from '../start_agent';
import { administer, bringFirewalls, START, whyNoFirewalls } from './firewalls';
import { callHook, RUNNING, WEB, writeStatus } from './guest';
import { ADDRESS, buildLab, doOn, plugTap, ROUTER, runGuest } from './lab';

const CONNECT = `
import errno, socket, sys
for address in sys.argv[1:]:
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as tcp:
        tcp.settimeout(2)
        try:
            tcp.connect((address, 9))
        except OSError as error:
            if error.errno == errno.ECONNREFUSED:
                print(address)
`;
const manual = readFileSync(join(repositoryRoot(), 'docs/routed.md'), 'utf8');
const ROUTERS = Object.values(ROUTER);
const GUEST = Object.values(ADDRESS);
type Firewall = keyof typeof START;
/** What each lets through as it is installed. */
const PASSES: Readonly<Record<Firewall, readonly ('v4' | 'v6')[]>> = {
  ufw: [],
  firewalld: [],
  Docker: ['v6'],
};
const SILENT = { status: 0, stdout: '', stderr: '' };
const why = whyNoFirewalls();
if (why !== undefined && process.env.KVMVLAN_REQUIRE_ALL_TIERS === '1') throw new Error(why);
// Firewalls need all of netfilter, and User-Mode Linux has only a part of it.
const open = why === undefined ? async () => openKernel(await startAgent('netns')) : null;

describeWith('a guest with an address of its own, behind a firewall of its host', open, (kernel) => {
  // The first test of all makes a Debian with the firewalls.
  jest.setTimeout(600_000);

  /** Which addresses answer a TCP connection: that nothing listens there is an answer. Firewalls let pings through. */
  const whoAnswers = async (from: 'guest' | 'router', addresses: readonly string[]): Promise<string[]> =>
    (await doOn(kernel, from, `python3 -c ${quote(CONNECT)} ${addresses.join(' ')}`))
      .trim()
      .split(/\s+/)
      .filter(Boolean);

  /** What check has to say about dropped packets. */
  const remedies = async (): Promise<string[]> => {
    // It fails if it finds something, so its status does not count.
    const json = await administer(kernel, `${KVMVLAN} check --json || true`);
    const { findings } = JSON.parse(json) as { findings: { code: string; remedy: string }[] };
    return findings.filter(({ code }) => code === 'route-dropped').map(({ remedy }) => remedy);
  };

  /** Starts a guest that reaches the router, and then the firewall, which lets only some families through. */
  const cutOff = async (firewall: Firewall): Promise<void> => {
    await kernel.reset();
    await buildLab(kernel);
    await bringFirewalls(kernel);
    await plugTap(kernel, 'host1');
    expect(await callHook(kernel, 'host1', WEB, 'start begin')).toEqual(SILENT);
    await runGuest(kernel, 'host1');
    await writeStatus(kernel, 'host1', WEB, RUNNING);
    expect(await whoAnswers('guest', ROUTERS)).toEqual(ROUTERS);
    await administer(kernel, START[firewall]);
    expect(await whoAnswers('guest', ROUTERS)).toEqual(PASSES[firewall].map((family) => ROUTER[family]));
  };
  const expectConnected = async (): Promise<void> => {
    expect(await whoAnswers('guest', ROUTERS)).toEqual(ROUTERS);
    expect(await whoAnswers('router', GUEST)).toEqual(GUEST);
  };

  describe.each(Object.keys(START) as Firewall[])('%s', (firewall) => {
    test('cuts it off, and what check prints connects it again', async () => {
      await cutOff(firewall);
      const found = await remedies();
      expect(found).toHaveLength(ROUTERS.length - PASSES[firewall].length);
      for (const remedy of found) await administer(kernel, remedy);
      await expectConnected();
      expect(await remedies()).toEqual([]);
    });

    test('cuts it off, and what the manual says connects it again', async () => {
      await cutOff(firewall);
      const [, section = ''] = manual.split(`\n**${firewall}** `);
      const [, commands = ''] = /```sh\n([^]*?)```/.exec(section) ?? [];
      await administer(kernel, commands);
      await expectConnected();
    });
  });
});
