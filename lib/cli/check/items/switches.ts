import { describeRule } from '../../../model/match/describe_rule';
import type { Vid } from '../../../model/vlan/vid';
import type { Switch } from '../../../plan/switch/switch';
import { shellQuote } from '../../../text/shell_quote';
import { formatVidList } from '../../../model/vlan/vid_list';
import type { FrameFacts } from '../facts';
import type { Finding } from '../finding';
import { neededVlans } from '../needed_vlans';
import { checkTunnels } from './tunnels';

/** Checks for trunks with missing or unneeded VLANs, tunnels, ports in VLAN 1 by default, and bridges that do not filter. */
export function checkSwitches(facts: FrameFacts): Finding[] {
  const { state, stateError } = facts;
  if (state === null) {
    const message = `the bridges cannot be read: ${stateError ?? 'unknown reason'}`;
    return [{ item: 'bridges', code: 'not-known', level: 'unknown', message, remedy: 'bridge vlan show' }];
  }
  return state.switches.flatMap((item) => [
    ...checkFiltering(item),
    ...checkTrunks(item, facts),
    ...checkTunnels(item, facts),
    ...checkVlan1(item),
  ]);
}

function checkFiltering({ bridge, ports, wantedBy }: Switch): Finding[] {
  const item = 'filtering';
  if (bridge.filtering)
    return [{ item, code: 'ok', level: 'ok', message: `bridge ${bridge.name} filters VLANs`, remedy: null }];
  const managed = ports.filter(({ role, wanted }) => role === 'guest' && wanted !== null);
  if (managed.length === 0 && wantedBy === null) return [];
  const why = wantedBy === null ? `conf sets VLANs of its guests` : describeRule(wantedBy);
  const remedy =
    wantedBy === null
      ? `sudo ip link set dev ${shellQuote(bridge.name)} type bridge vlan_filtering 1`
      : 'sudo bridge_init';
  const message = `bridge ${bridge.name} does not filter VLANs (${why}): every guest on it receives every VLAN`;
  return [{ item, code: 'bridge-not-filtering', level: 'failure', message, remedy }];
}

function checkTrunks(item: Switch, facts: FrameFacts): Finding[] {
  const { bridge } = item;
  const trunks = item.ports.filter(({ role }) => role === 'trunk');
  if (trunks.length === 0) return [];
  const rule = facts.bridgeInit.rules.find((each) => each.bridge === bridge.name);
  const isAuto = rule?.autoTrunk !== undefined;
  const needed = neededVlans(item, facts);
  const carried = new Set(trunks.flatMap(({ vlans }) => [...vlans.vlans.keys()]));
  const tunnelled = new Set(item.ports.flatMap(({ tunnels }) => [...(tunnels?.keys() ?? [])]));
  const missing = [...needed].filter(([vid]) => !carried.has(vid) && !tunnelled.has(vid));
  const names = trunks.map(({ name }) => name).join(', ');
  const fix = (how: string): string =>
    isAuto || rule === undefined
      ? 'sudo bridge_init'
      : `sudoedit ${shellQuote(rule.place.file)} && sudo bridge_init   # line ${rule.place.line}, trunk-tags: ${how}`;
  const findings = missing.map(([vid, who]): Finding => ({
    item: 'trunk',
    code: 'vlan-on-no-trunk',
    level: 'warning',
    message: `no trunk of ${bridge.name} (${names}) carries VLAN ${vid} of ${who}: it is not connected outside this host`,
    remedy: fix(`add ${vid}`),
  }));
  const pvids = new Set(trunks.flatMap(({ vlans }) => vlans.pvid ?? []));
  const always = rule?.autoTrunk?.always ?? new Set<Vid>();
  const idle = [...carried].filter(
    (vid) => !needed.has(vid) && !pvids.has(vid) && !always.has(vid) && !tunnelled.has(vid),
  );
  // Guests that do not run may need them. Without root, those guests are not known.
  if (idle.length > 0 && facts.stopped !== null)
    findings.push({
      item: 'trunk',
      code: 'trunk-vlans-unneeded',
      level: 'warning',
      message: `${names} of ${bridge.name} carries VLANs that nothing on this host needs: ${formatVidList(idle)}`,
      remedy: fix('remove them, or set auto'),
    });
  const ok: Finding = {
    item: 'trunk',
    code: 'ok',
    level: 'ok',
    message: `${names} of ${bridge.name} carries the needed VLANs`,
    remedy: null,
  };
  return findings.length === 0 ? [ok] : findings;
}

/** A port that conf wants elsewhere is reported by the item `ports`. */
function checkVlan1({ bridge, ports }: Switch): Finding[] {
  if (!bridge.filtering) return [];
  return ports
    .filter(({ role, vlans }) => role === 'guest' && vlans.vlans.get(1 as Vid) === 'untagged')
    .filter(({ wanted }) => wanted === null)
    .map(({ name, guest }) => ({
      item: 'vlan1',
      code: 'port-in-default-vlan',
      level: 'warning',
      message: `port ${name} of guest ${guest ?? ''} is untagged in VLAN 1, the bridge's default: no section matches it`,
      remedy: `sudo bridge vlan del dev ${shellQuote(name)} vid 1   # and add a section for it to vlan_filtering.conf`,
    }));
}
