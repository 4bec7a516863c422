import { addPackages } from './add_packages';
import { crossTalk, type Heard } from './cross_talk';
import { JOURNAL_KINDS } from '../../lib/system/log/journal_kinds';
import { describeMachine } from './describe_machine';
import { installGuard } from './guard';
import { hooks } from './installed';
import { paste, remedies, REST, WAKE, whenIfupdown2Runs, whenNetworkManagerRuns } from './network_managers';
import { confs, guestsWanted, hostWanted, whenGuestsRun, whenSwitching } from './readme_example';
import { until } from './until';
import { isFiltering, vlansOfAll } from './vlans';
import { Watch, type Moment } from './watch';
import { isWhole, onlyWhole } from './test_depth';

const WANTED = { ...hostWanted, ...guestsWanted };
const PVIDS: Readonly<Record<string, number>> = { veth0: 100, veth1: 1, veth2: 300 };

/** What is wrong with the guests' ports at a moment: those that hear what is not theirs, and those that hear nothing. */
function wrongAt({ filtering, ports }: Moment): { leaking: boolean; cut: boolean } {
  const here = Object.keys(PVIDS).filter((port) => ports[port] !== undefined);
  const isMoved = here.some(
    (port) => ports[port]?.[0] !== PVIDS[port] || (port !== 'veth1' && ports[port]?.[1].includes(1)),
  );
  return {
    leaking: here.length > 1 && (!filtering || isMoved),
    cut: here.length < Object.keys(PVIDS).length,
  };
}

/** For how long the bridge did not filter. */
function unfilteredSeconds(moments: readonly Moment[]): number {
  return moments.reduce(
    (sum, { filtering, seconds }, i) =>
      filtering ? sum : sum + (moments[i + 1]?.seconds ?? Infinity) - seconds,
    0,
  );
}

/** Who heard frames of a VLAN that is not theirs. `outside`, the wire of the trunk, sends in VLAN 300. */
function leaksIn(heard: Heard): string[] {
  const MEMBERS = ['veth0', 'veth2', 'br0'];
  return Object.entries(heard).flatMap(([listener, counts]) =>
    Object.keys(counts)
      .filter((sender) => sender !== 'outside' || !MEMBERS.includes(listener))
      .map((sender) => `${listener} heard ${sender}`),
  );
}

/** The command in what apply says of a default PVID that the kernel does not change while the bridge filters. */
function filteringRefusal({ status, stdout }: { status: number | null; stdout: string }): string {
  expect(status).toBe(2);
  const [, command = ''] = /`(ip link set [^`]*)`/.exec(stdout.replaceAll(/\s+/g, ' ')) ?? [];
  expect(command).toBe('ip link set br0 type bridge vlan_filtering 0 && bridge_init');
  return command;
}

describeMachine('beside other managers of the network', (machine) => {
  const isRight = async (): Promise<boolean> => {
    const vlans = await vlansOfAll(machine(), Object.keys(WANTED));
    return (
      JSON.stringify(vlans) === JSON.stringify(WANTED) &&
      (await isFiltering(machine(), 'br0')) &&
      (await machine().must('ip -o link show up | grep -c veth')) === '3\n'
    );
  };
  const journal = (): Promise<string> =>
    machine().must('journalctl --unit kvmvlan-repair.service --output cat --no-pager');

  /** Does what a manager may do, and waits until all is right again. Gives for how many seconds it was not. */
  async function repairedAfter(command: string): Promise<number> {
    const watch = await Watch.start(machine());
    await machine().must(command);
    await until('something is wrong, or was', async () =>
      (await watch.moments()).some((moment) => wrongAt(moment).leaking || wrongAt(moment).cut),
    );
    await until('all is right again', isRight);
    const moments = await watch.stop();
    const wrong = moments.map((moment) => wrongAt(moment).leaking || wrongAt(moment).cut);
    return (
      (moments[wrong.lastIndexOf(true) + 1]?.seconds ?? NaN) - (moments[wrong.indexOf(true)]?.seconds ?? NaN)
    );
  }

  /** Does what a manager may do while nothing of kvmvlan's is awake. */
  async function momentsDuring(...commands: readonly string[]): Promise<Moment[]> {
    const watch = await Watch.start(machine());
    for (const command of commands) await machine().must(`${command}\nsleep 2`);
    return watch.stop();
  }

  /** The moments of it at which guests heard others. */
  async function leaksDuring(commands: readonly string[]): Promise<Moment[]> {
    return (await momentsDuring(...commands)).filter((moment) => wrongAt(moment).leaking);
  }

  /** At most so many seconds in all the bridge did not filter; no port was in a wrong VLAN, and none was cut off. */
  function expectBlinks(moments: readonly Moment[], seconds: number): void {
    for (const moment of moments)
      expect(wrongAt({ ...moment, filtering: true })).toEqual({ leaking: false, cut: false });
    expect(unfilteredSeconds(moments)).toBeLessThanOrEqual(seconds);
  }

  /** How long node takes to start in here: on a real machine 40 ms. */
  async function nodeStart(): Promise<number> {
    const times = await machine().must('for i in 1 2 3; do date +%s.%N; node -e 0; date +%s.%N; done');
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = times.trim().split('\n').map(Number);
    return Math.min(b - a, d - c, f - e);
  }

  describe('NetworkManager', () => {
    beforeEach(() => whenNetworkManagerRuns(machine()));

    const resets: [command: string, who: string][] = [
      ['nmcli --wait 60 con up br0-eth0', 'NetworkManager up eth0'],
      ['nmcli device reapply br0', 'NetworkManager reapply br0'],
      ['nmcli --wait 60 con up br0', 'NetworkManager up '],
    ];
    test.each(isWhole ? resets : resets.slice(0, 1))(
      '%s: what it resets is repaired soon, and who did it is in the journal',
      async (command, who) => {
        const start = await nodeStart();
        const seconds = await repairedAfter(command);
        // 50 starts of node are the 2 s of a real machine. It takes some 5, here as there.
        expect(seconds / start).toBeLessThan(50);
        // What a run has done is in the journal when it ends.
        await until('it is in the journal', async () => (await journal()).includes(`Repaired after ${who}`));
        expect(await journal()).toMatch(/last found correct \d+ (s|min) ago:\n/);
      },
    );

    /** The profiles have the settings that check prints, and nothing of kvmvlan's is awake that could repair. */
    const whenRemedied = (): Promise<void> =>
      machine().prepared('network-manager-remedied', async () => {
        // New ports are in no VLAN: then NetworkManager cannot put guests' ports into one either.
        await machine().write(`${hooks}/conf/bridge_init.conf`, `${confs.bridge_init}default-pvid = none\n`);
        await machine().must(
          `${filteringRefusal(await machine().run('kvmvlan apply --yes'))}; kvmvlan apply --yes`,
        );
        const [found, ...others] = await remedies(machine());
        expect(others).toEqual([]);
        expect(found?.message).toMatch(/profile br0 says vlan-filtering no/);
        await paste(machine(), found?.remedy ?? '');
        expect(await remedies(machine())).toEqual([]);
        await until('all is right', isRight);
        await machine().must(REST);
      });

    const activate = 'nmcli --wait 60 con up br0-eth0';

    onlyWhole(() => {
      test('the remedy that check prints ends it: then nothing is lost, though nobody repairs', async () => {
        await whenRemedied();
        const start = await nodeStart();
        expect(await leaksDuring([activate, 'nmcli con reload'])).toEqual([]);
        expect(await leaksDuring(['systemctl restart NetworkManager'])).toEqual([]);
        expect(await isRight()).toBe(true);
        // Restarted, it has forgotten that it has set the bridge's VLAN options, and sets them again with the next port; so
        // does a reapply before 1.46. It stops filtering for that, whatever the profile says.
        expectBlinks(await momentsDuring(activate), start);
        expect(await isRight()).toBe(true);
        const version = await machine().must('nmcli --version');
        expectBlinks(await momentsDuring('nmcli device reapply br0'), version.includes('1.42.') ? start : 0);
        expect(await isRight()).toBe(true);
        // A bridge that is activated itself loses the guests' ports, but they are never in a wrong VLAN.
        expect(await leaksDuring(['nmcli --wait 60 con up br0'])).toEqual([]);
        await machine().must(WAKE);
        expect(await isRight()).toBe(true);
      });

      test('with the nftables guard, guests hear nothing of other VLANs even while it does not filter', async () => {
        await whenRemedied();
        // Two more ports, alone in their VLANs.
        await machine().must(
          `for i in 1 2; do
           ip link add alone$i type veth peer name far$i; ip link set alone$i master br0 up; ip link set far$i up
           bridge vlan add dev alone$i vid 40$i pvid untagged
         done`,
        );
        const talk = {
          senders: { outside: 300, far1: null },
          listeners: ['veth0', 'veth1', 'veth2', 'far2', 'outside', 'br0'],
        };
        const blinks = ['systemctl restart NetworkManager', activate, 'nmcli device reapply br0'];
        let [leaks, unfiltered]: [string[], number] = [[], 0];
        /** NetworkManager stops filtering; a moment may be so short that no frame is sent in it: hence the repetitions. */
        async function blinkUntil(what: string, enough: () => boolean | Promise<boolean>): Promise<void> {
          [leaks, unfiltered] = [[], 0];
          const blink = async () => {
            let moments: Moment[] = [];
            const heard = await crossTalk(
              machine(),
              talk,
              async () => (moments = await momentsDuring(...blinks)),
            );
            for (const member of ['veth0', 'veth2']) expect(heard[member]?.outside).toBeGreaterThan(0);
            leaks.push(...leaksIn(heard));
            unfiltered += unfilteredSeconds(moments);
            return enough();
          };
          await until(what, blink, 300_000);
          process.stdout.write(`${what}: no filtering for ${unfiltered.toFixed(3)} s\n`);
        }
        await blinkUntil('frames cross without the guard', () => leaks.length > 0);
        await installGuard(machine());
        await blinkUntil('the guard has dropped frames', async () =>
          / counter packets [1-9]/.test(await machine().must('nft list table bridge kvmvlan_guard')),
        );
        expect(leaks).toEqual([]);
        expect(await isRight()).toBe(true);
      });

      test('what nobody announces is repaired by the timer within a minute', async () => {
        await machine().must('chmod a-x /etc/NetworkManager/dispatcher.d/50-kvmvlan');
        const seconds = await repairedAfter('nmcli --wait 60 con up br0-eth0');
        expect(seconds).toBeLessThan(60 + 50 * (await nodeStart()));
        expect(await journal()).toContain('Repaired after a change by an unknown program');
        expect(
          await machine().must(
            `journalctl --boot --catalog --no-pager MESSAGE_ID=${JOURNAL_KINDS['drift-repaired'].id} | tail -40`,
          ),
        ).toContain('Subject: Drift on bridge br0 was repaired\n');
      });
    });
  });

  onlyWhole(() => {
    describe('systemd-networkd', () => {
      const FOLDER = '/etc/systemd/network';
      beforeEach(() => whenGuestsRun(machine()));

      test('a file that contradicts conf is repaired after, and check prints the commands that end it', async () => {
        await machine().write(`${hooks}/conf/bridge_init.conf`, `${confs.bridge_init}default-pvid = 1\n`);
        await machine().must('kvmvlan apply --yes');
        expect(await remedies(machine())).toEqual([]);
        await machine().must(
          `printf '[Bridge]\\nVLANFiltering=no\\nDefaultPVID=7\\n' >>${FOLDER}/10-br0.netdev
         printf '[BridgeVLAN]\\nVLAN=100\\n' >>${FOLDER}/20-eth0.network
         printf '[Match]\\nName=*\\n[Network]\\nLinkLocalAddressing=no\\n' >${FOLDER}/90-all.network
         systemctl enable --now networkd-dispatcher`,
        );
        const start = await nodeStart();
        const seconds = await repairedAfter('systemctl restart systemd-networkd');
        expect(seconds / start).toBeLessThan(50);
        expect(await journal()).toContain('Repaired after systemd-networkd configured ');

        const isExclusive = !(await machine().must('networkctl --version')).startsWith('systemd 252');
        const found = await remedies(machine());
        const expected: unknown[] = [
          expect.stringMatching(/VLANFiltering=no/),
          expect.stringMatching(/DefaultPVID=7/),
          ...(isExclusive ? [expect.stringMatching(/removes VLAN 200,300/) as unknown] : []),
          expect.stringMatching(/90-all\.network matches guests' ports \(veth0, veth1, veth2\)/),
        ];
        expect(found.map(({ message }) => message)).toEqual(expected);
        for (const { remedy } of found) await paste(machine(), remedy);
        await machine().must('systemctl start kvmvlan-repair.service');
        expect(await remedies(machine())).toEqual([]);
        await until('all is right', isRight);

        await machine().must(REST);
        const commands = [
          'networkctl reload',
          'networkctl reconfigure eth0 br0',
          'systemctl restart systemd-networkd',
        ];
        const watch = await Watch.start(machine());
        for (const command of commands) await machine().must(`${command}; sleep 2`);
        expect(
          (await watch.stop()).filter((moment) => wrongAt(moment).leaking || wrongAt(moment).cut),
        ).toEqual([]);
        expect(await isRight()).toBe(true);
      });
    });
  });

  onlyWhole(() => {
    describe('ifupdown', () => {
      beforeEach(() => whenSwitching(machine()));

      test('ifup of a bridge announces it, and does not fail where the repair cannot be started', async () => {
        // ifupdown and ifupdown2 cannot both be installed.
        await addPackages(machine(), 'ifupdown');
        await machine().must(
          `mkdir -p /run/network; printf 'iface br0 inet manual\\n' >/run/interfaces; systemctl start resolvconf.service
         systemctl stop kvmvlan-repair.timer kvmvlan-repair.service kvmvlan.path kvmvlan.service
         ip link set br0 type bridge vlan_filtering 0; ifup -i /run/interfaces br0`,
        );
        await until('it filters again', () => isFiltering(machine(), 'br0'));
        await until('it is in the journal', async () =>
          (await journal()).includes('Repaired after ifup br0'),
        );

        await machine().must('systemctl mask --runtime --now kvmvlan-repair.service');
        const said = await machine().run('ifup --force -i /run/interfaces br0');
        expect([said.status, said.stderr]).toEqual([0, expect.stringContaining('masked')]);
        expect(await machine().must('ifquery --state -i /run/interfaces br0')).toBe('br0=br0\n');
      });
    });
  });

  onlyWhole(() => {
    describe('ifupdown2', () => {
      beforeEach(() => whenIfupdown2Runs(machine()));

      test('what ifreload resets is repaired soon, and the remedy ends it', async () => {
        const start = await nodeStart();
        const seconds = await repairedAfter('ifreload -a || true');
        expect(seconds / start).toBeLessThan(50);
        expect(await journal()).toContain('Repaired after ifup ');

        const found = await remedies(machine());
        expect(found.map(({ message }) => message)).toEqual([
          expect.stringMatching(/not bridge-vlan-aware/),
          expect.stringMatching(/removes guests' ports \(veth0, veth1, veth2\) from br0/),
          expect.stringMatching(/sets eth0 to PVID 1; conf says PVID 1, tagged 100,200,300/),
        ]);
        await paste(machine(), found[0]?.remedy ?? '');
        expect(await remedies(machine())).toEqual([]);
        await machine().must(REST);
        const watch = await Watch.start(machine());
        await machine().must('ifreload -a || true; ifup br0; sleep 2');
        expect(
          (await watch.stop()).filter((moment) => wrongAt(moment).leaking || wrongAt(moment).cut),
        ).toEqual([]);
        expect(await isRight()).toBe(true);
      });
    });
  });
});
