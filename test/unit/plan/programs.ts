import { planOf, type Plan } from '../../../lib/apply/state/read_plan';
import { readSwitches } from '../../../lib/apply/state/read_switches';
import type { Problem } from '../../../lib/model/problem';
import { bridgeInit } from '../../../lib/plugins/bridge_init';
import type { Plugin, PluginCall, PluginOutcome } from '../../../lib/plugins/plugin';
import { runPlugin } from '../../../lib/plugins/run_plugin';
import { vlanFiltering } from '../../../lib/plugins/vlan_filtering';
import { FREE, ROOT, type FakeHost } from '../fake_host/fake_host';
import { guestXml, type Nic } from '../fake_host/guest_xml';
import { byHand, inPhase } from '../plugins/scenario';

const BRIDGES = `${ROOT}/conf/bridge_init.conf`;
const PORTS = `${ROOT}/conf/vlan_filtering.conf`;

/** What `kvmvlan plan` shows. */
export async function planFor(host: FakeHost): Promise<Plan> {
  return planOf(await readSwitches(ROOT, host.io()), new Set());
}

/** The daemon starts. */
export function startDaemon(host: FakeHost, more: Partial<PluginCall> = {}): Promise<PluginOutcome> {
  return run(host, bridgeInit, { ...inPhase(BRIDGES, 'daemon', '-', 'start', '-', 'start'), ...more });
}

/** libvirt starts a guest, whose taps are there already. */
export function startGuest(host: FakeHost, guest: string, nics: readonly Nic[]): Promise<PluginOutcome> {
  host.input = guestXml(guest, nics);
  return run(host, vlanFiltering, inPhase(PORTS, 'qemu', guest, 'start', 'begin'));
}

/** Somebody types `vlan_filtering GUEST`. */
export function setGuest(host: FakeHost, guest: string): Promise<PluginOutcome> {
  return run(host, vlanFiltering, byHand(PORTS, guest));
}

/** Somebody types `vlan_filtering --all`. */
export function setAll(host: FakeHost): Promise<PluginOutcome> {
  return run(host, vlanFiltering, byHand(PORTS, '-', { all: true }));
}

function run(host: FakeHost, plugin: Plugin, call: PluginCall): Promise<PluginOutcome> {
  return runPlugin(plugin, call, host.io({ lock: host.lock ?? FREE }));
}

/** What of a report is wrong: `port-not-set of VM1's veth0`, `trunk-of-guest of br0`. */
export function problemsIn({ report }: PluginOutcome): string[] {
  const { problems, ports, bridges } = report as {
    readonly problems: readonly Problem[];
    readonly ports?: readonly { guest: string; port: string; problem: Problem | null }[];
    readonly bridges?: readonly { bridge: string; problems: readonly Problem[] }[];
  };
  return [
    ...problems.map(({ code }) => code),
    ...(ports ?? []).flatMap(({ guest, port, problem }) =>
      problem === null ? [] : [`${problem.code} of ${guest}'s ${port}`],
    ),
    ...(bridges ?? []).flatMap((of) => of.problems.map(({ code }) => `${code} of ${of.bridge}`)),
  ];
}
