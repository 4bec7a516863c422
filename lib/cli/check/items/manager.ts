import { describeContradiction } from '../../../network/contradiction_problems';
import type { ManagedBridge } from '../../../network/manager';
import type { Facts } from '../facts';
import type { Finding } from '../finding';
import { shellQuote } from '../../../text/shell_quote';

/** Checks whether network managers manage the bridges, and whether their configuration contradicts conf. */
export function checkManagers(facts: Facts): Finding[] {
  return (facts.managers ?? []).flatMap((each) => checkBridge(each, facts));
}

function checkBridge(
  { bridge, managers, contradictions, unreadable }: ManagedBridge,
  { isRoot, hasGuard, bridgeInit }: Facts,
): Finding[] {
  const item = 'manager';
  const found = contradictions.map((each): Finding => {
    const { message, remedy } = describeContradiction(each);
    return { item, code: each.code, level: each.level, message, remedy };
  });
  const [file] = unreadable;
  if (file !== undefined) {
    const message = `${file} ${isRoot ? 'cannot be read' : 'can be read only by root'}, so NetworkManager's settings for ${bridge} are not known`;
    found.push({
      item,
      code: 'not-known',
      level: 'unknown',
      message,
      remedy: isRoot ? `ls -l ${shellQuote(file)}` : 'sudo kvmvlan check',
    });
  }
  if (found.length > 0) return found;
  const names = managers.map(
    ({ name, file: of, netplan }) =>
      `${name}${netplan ? ' (through netplan)' : ''}${of === null ? '' : `, ${of}`}`,
  );
  const filters = bridgeInit.rules.find((rule) => rule.bridge === bridge)?.filtering !== false;
  // NetworkManager does so whatever its profile says: bridge_set_vlan_options() in nm-device-bridge.c.
  const blinks = filters && hasGuard === false && managers.some(({ name }) => name === 'NetworkManager');
  const message =
    names.length === 0
      ? `bridge ${bridge} is not managed by a network manager`
      : `bridge ${bridge} is managed by ${names.join(' and ')}, which does not contradict conf` +
        (blinks
          ? '; a restart of NetworkManager stops filtering for a moment: docs/examples/nftables has a guard'
          : '');
  return [{ item, code: 'ok', level: 'ok', message, remedy: null }];
}
