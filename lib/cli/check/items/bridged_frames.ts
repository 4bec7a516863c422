import type { Switch } from '../../../plan/switch/switch';
import { formatVidList } from '../../../model/vlan/vid_list';
import type { Vid } from '../../../model/vlan/vid';
import { shellQuote } from '../../../text/shell_quote';
import type { Facts } from '../facts';
import type { Finding } from '../finding';
import { fateInIptables } from '../netfilter/parse_iptables';
import { fatesInNftables } from '../netfilter/parse_nftables';

const ITEM = 'netfilter';

/**
 * The setting must be there before another program loads the module, and the module before the setting. Docker and
 * Kubernetes load it later.
 */
const FOR_ALL =
  "echo 'net.bridge.bridge-nf-call-iptables = 0' | sudo tee /etc/sysctl.d/90-kvmvlan.conf && " +
  'echo br_netfilter | sudo tee /etc/modules-load.d/kvmvlan.conf && sudo sysctl --system';

/** The tables that `iptables` itself prints. */
const BY_IPTABLES = ['ip filter', 'ip nat', 'ip mangle', 'ip raw', 'ip security'];

/** Checks whether netfilter drops frames that a bridge forwards for its guests. */
export function checkBridgedFrames(facts: Facts): Finding[] {
  const { state, netfilter } = facts;
  const seen = state?.switches.flatMap((item) => seenBy(item, facts)) ?? [];
  const found = seen.flatMap((each) => checkBridge(each, facts) ?? []);
  if (found.length > 0) return found;
  if (state === null && netfilter.callsIptables === true) {
    const message = 'iptables sees bridged frames (bridge-nf-call-iptables); which ones is not known';
    return [{ item: ITEM, code: 'not-known', level: 'unknown', message, remedy: 'bridge vlan show' }];
  }
  const message =
    seen.length > 0
      ? 'iptables sees bridged frames (bridge-nf-call-iptables) and accepts them'
      : netfilter.callsIptables === true
        ? 'iptables sees bridged frames without a tag (bridge-nf-call-iptables): none of them are frames of guests'
        : 'iptables does not see bridged frames';
  return [{ item: ITEM, code: 'ok', level: 'ok', message, remedy: null }];
}

/** A bridge with frames of guests that netfilter sees, and which frames they are. */
interface Seen {
  readonly bridge: string;
  readonly frames: string;
}

/**
 * Netfilter sees only frames without a tag, unless bridge-nf-filter-vlan-tagged is on. A bridge that filters VLANs keeps
 * the tag while it forwards, so both ports must send the VLAN untagged (br_netfilter_hooks.c IS_IP, br_nf_forward_ip).
 */
function seenBy({ bridge, ports }: Switch, { netfilter, bridgeLinks }: Facts): Seen[] {
  const isOn =
    netfilter.callsIptables === true ||
    bridgeLinks?.some(({ name, callsIptables }) => name === bridge.name && callsIptables) === true;
  const guests = ports.filter(({ role }) => role === 'guest');
  if (!isOn || guests.length === 0) return [];
  if (!bridge.filtering || netfilter.seesTagged)
    return [{ bridge: bridge.name, frames: `all frames of bridge ${bridge.name}` }];
  const count = new Map<Vid, number>();
  for (const { role, vlans } of ports)
    for (const [vid, egress] of role === 'host' ? [] : vlans.vlans)
      if (egress === 'untagged') count.set(vid, (count.get(vid) ?? 0) + 1);
  const vids = new Set(
    guests.flatMap(({ vlans }) =>
      [...vlans.vlans.keys()].filter(
        (vid) => vlans.vlans.get(vid) === 'untagged' && (count.get(vid) ?? 0) > 1,
      ),
    ),
  );
  if (vids.size === 0) return [];
  const frames = `frames between the untagged ports of VLAN ${formatVidList(vids)} in bridge ${bridge.name}`;
  return [{ bridge: bridge.name, frames }];
}

function checkBridge({ bridge, frames }: Seen, { netfilter, isRoot }: Facts): Finding | null {
  const { iptables, nftables, callsIptables } = netfilter;
  const remedy =
    callsIptables === true
      ? FOR_ALL
      : `sudo ip link set dev ${shellQuote(bridge)} type bridge nf_call_iptables 0`;
  const byIptables = iptables === null ? null : fateInIptables(iptables, bridge);
  const byNftables =
    nftables === null
      ? null
      : fatesInNftables(nftables, bridge, (table) => byIptables !== null && BY_IPTABLES.includes(table));
  if (byIptables === null && byNftables === null) {
    const message = `iptables filters ${frames} (bridge-nf-call-iptables) and may drop DHCP; its rules cannot be read${isRoot ? '' : ' without root'}`;
    return { item: ITEM, code: 'iptables-rules-unknown', level: 'warning', message, remedy };
  }
  const isUfw = iptables?.includes('-N ufw-') === true;
  const fates = [
    ...(byIptables === null ? [] : [{ table: isUfw ? 'ufw' : 'iptables', fate: byIptables }]),
    ...(byNftables ?? []),
  ];
  const by = (wanted: string): string | undefined => fates.find(({ fate }) => fate === wanted)?.table;
  const dropper = by('dropped');
  if (dropper !== undefined) {
    const message = `${nameOf(dropper)} drops ${frames}, also DHCP: bridge-nf-call-iptables is on, and no rule accepts them`;
    const name = shellQuote(bridge);
    return {
      item: ITEM,
      code: 'bridged-frames-dropped',
      level: 'failure',
      message,
      remedy: dropper.includes(' ')
        ? remedy
        : `sudo iptables -I FORWARD -i ${name} -o ${name} -j ACCEPT   # or permanently: ${remedy}`,
    };
  }
  const doubtful = by('unsure');
  if (doubtful === undefined) return null;
  const message = `${nameOf(doubtful)} may drop ${frames}, also DHCP: bridge-nf-call-iptables is on, and only a rule that kvmvlan does not understand may accept them`;
  return { item: ITEM, code: 'iptables-rules-unknown', level: 'warning', message, remedy };
}

function nameOf(table: string): string {
  if (table === 'inet firewalld') return 'firewalld';
  return table.includes(' ') ? `the table ${table} of nftables` : table;
}
