import { shellQuote } from '../../../text/shell_quote';
import type { FrameFacts } from '../facts';
import type { Finding } from '../finding';
import { fates, type ProgramFate } from '../netfilter/fates';
import { discover } from '../netfilter/packet';
import { commandOf, nameOfProgram, printRules, type Program } from '../netfilter/programs';
import { seenFrames, settingsOn, type Seen } from '../netfilter/seen_frames';

const ITEM = 'netfilter';

/**
 * The setting must be there before another program loads the module, and the module before the setting. Docker and
 * Kubernetes load it later.
 */
const FOR_ALL =
  "echo 'net.bridge.bridge-nf-call-iptables = 0' | sudo tee /etc/sysctl.d/90-kvmvlan.conf && " +
  'echo br_netfilter | sudo tee /etc/modules-load.d/kvmvlan.conf && sudo sysctl -p /etc/sysctl.d/90-kvmvlan.conf';

/** Checks whether netfilter drops frames that a bridge forwards for its guests. */
export function checkBridgedFrames(facts: FrameFacts): Finding[] {
  const { state, netfilter } = facts;
  const seen = state?.switches.flatMap((item) => seenFrames(item, facts)) ?? [];
  const found = seen.flatMap((each) => checkBridge(each, facts) ?? []);
  if (found.length > 0) return found;
  const settings = settingsOn(facts)
    .map(({ name }) => name)
    .join(', ');
  if (state === null && settings !== '') {
    const message = `iptables sees bridged frames (${settings}); which ones is not known`;
    return [{ item: ITEM, code: 'not-known', level: 'unknown', message, remedy: 'bridge vlan show' }];
  }
  const which = netfilter.seesTagged ? 'bridged frames' : 'bridged frames without a tag';
  const message =
    seen.length > 0
      ? `iptables sees bridged frames (${settings}), and its FORWARD rules accept them`
      : settings === ''
        ? 'iptables does not see bridged frames'
        : `iptables sees ${which} (${settings}): none of them are frames of guests`;
  return [{ item: ITEM, code: 'ok', level: 'ok', message, remedy: null }];
}

function checkBridge(seen: Seen, { netfilter, isRoot }: FrameFacts): Finding | null {
  const { bridge, frames, setting } = seen;
  const all = netfilter.rules === null ? [] : fates(netfilter.rules, discover(bridge));
  const by = (wanted: ProgramFate['fate']): Program | undefined =>
    all.find(({ fate }) => fate === wanted)?.by;
  const off =
    setting.bridge === null
      ? FOR_ALL
      : `sudo ip link set dev ${shellQuote(setting.bridge)} type bridge nf_call_iptables 0`;
  const dropper = by('dropped');
  if (dropper !== undefined) {
    const message = `${nameOfProgram(dropper)} drops ${frames}, also DHCP: ${setting.name} is on, and no rule accepts them`;
    const remedy = accepting(dropper, bridge, off);
    return { item: ITEM, code: 'bridged-frames-dropped', level: 'failure', message, remedy };
  }
  const unknown = (message: string): Finding => ({
    item: ITEM,
    code: 'iptables-rules-unknown',
    level: 'warning',
    message,
    remedy: off,
  });
  const unread = by(null);
  if (unread !== undefined) {
    const why = isRoot ? `: \`${printRules(unread, 4)}\` does not print them` : ' without root';
    return unknown(
      `${nameOfProgram(unread)} filters ${frames} (${setting.name}) and may drop DHCP; its rules cannot be read${why}`,
    );
  }
  const doubtful = by('unsure');
  if (doubtful === undefined) return null;
  return unknown(
    `${nameOfProgram(doubtful)} may drop ${frames}, also DHCP: ${setting.name} is on, and what becomes of them depends on a rule that kvmvlan does not understand`,
  );
}

/** How to let the frames pass. Programs with tables of their own do not see rules of `iptables`. */
function accepting(dropper: Program, bridge: string, off: string): string {
  if (dropper.kind === 'table' || dropper.kind === 'firewalld') return off;
  const command = dropper.kind === 'iptables' ? commandOf(dropper) : 'iptables';
  const name = shellQuote(bridge);
  return `sudo ${command} -I FORWARD -i ${name} -o ${name} -j ACCEPT   # or permanently: ${off}`;
}
