import { describeFlags } from '../../model/vlan/port_flags';
import { describePortVlans } from '../../model/vlan/port_vlans';
import { describeSetting } from '../../plan/bridge_problems';
import { misplacedWords } from '../../plan/port_problems';
import type { Switch, SwitchPort } from '../../plan/switch/switch';

/** Describes how a port differs from the desired state: `wanted PVID 100; in br0, not br1`; null: it does not. */
export function describePortDrift({ drift, wanted, wantedFlags }: SwitchPort): string | null {
  if (drift === null) return null;
  const parts: string[] = [];
  if (drift.vlans && wanted !== null) parts.push(`wanted ${describePortVlans(wanted)}`);
  const flags = Object.fromEntries(drift.flags.map((flag) => [flag, wantedFlags[flag] === true]));
  if (drift.flags.length > 0) parts.push(`wanted ${describeFlags(flags)}`);
  if (drift.misplaced !== null) parts.push(misplacedWords(drift.misplaced));
  return parts.join('; ');
}

/** Describes how a bridge's own settings differ from the desired state; null: they do not. */
export function describeBridgeDrift({ drift }: Switch): string | null {
  return drift.map(describeSetting).join('; ') || null;
}
