import type { LinkJson } from '../../model/host/link_json';
import { parseInterfaces } from '../../model/host/parse_json';
import type { CheckIo } from './check_io';
import type { BridgeLink, Facts } from './facts';
import { settingsOn } from './netfilter/seen_frames';
import { parseFdb } from './parse_fdb';
import { parseHostLinks } from './parse_host_links';
import { readRules } from './read_rules';

/** The bridges' own settings, the interfaces, and netfilter's settings for bridged frames. */
export async function readNetwork(
  io: CheckIo,
): Promise<Pick<Facts, 'bridgeLinks' | 'links' | 'fdb' | 'netfilter'>> {
  const [shown, fdb] = await Promise.all([
    io.plugin.exec('ip', ['-j', '-d', 'link', 'show']),
    io.plugin.exec('bridge', ['-j', 'fdb', 'show']),
  ]);
  const json = shown.ok ? parse(shown.stdout) : null;
  const bridgeLinks = json?.flatMap(toBridge) ?? null;
  const callsIptables = setting(io, 'bridge-nf-call-iptables');
  const isSeen = settingsOn({ netfilter: { callsIptables }, bridgeLinks }).length > 0;
  return {
    bridgeLinks,
    links: json === null ? null : parseHostLinks(json, (name) => hardware(io, name)),
    fdb: fdb.ok ? parseFdb(fdb.stdout) : null,
    netfilter: {
      callsIptables,
      seesTagged: setting(io, 'bridge-nf-filter-vlan-tagged') === true,
      rules: isSeen ? await readRules(io) : null,
    },
  };
}

/** A setting of the module br_netfilter; null: it is not loaded. */
function setting(io: CheckIo, name: string): boolean | null {
  const text = io.text(`/proc/sys/net/bridge/${name}`)?.trim() ?? null;
  return text === null ? null : text === '1';
}

function hardware(io: CheckIo, name: string): 'wifi' | 'other' | null {
  const folder = `/sys/class/net/${name}`;
  if (io.names(`${folder}/phy80211`) !== null) return 'wifi';
  return io.names(`${folder}/device`) === null ? null : 'other';
}

function toBridge({ ifname, flags, linkinfo }: LinkJson): BridgeLink[] {
  if (linkinfo?.info_kind !== 'bridge') return [];
  const { stp_state: stp, forward_delay: delay, nf_call_iptables: calls } = linkinfo.info_data ?? {};
  return [
    {
      name: ifname,
      isUp: flags?.includes('UP') === true,
      stp: Number(stp ?? 0) > 0,
      // In hundredths of a second.
      forwardDelay: Number(delay ?? 0) / 100,
      callsIptables: calls === 1,
    },
  ];
}

function parse(output: string): LinkJson[] | null {
  try {
    return parseInterfaces<LinkJson>('ip -j -d link show', output);
  } catch {
    return null;
  }
}
