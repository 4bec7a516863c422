import { matchesPatterns } from './matches_patterns';
import type { Unit } from './units';

/**
 * Conditions of [Match] that no guest's tap meets: a tap has no hardware and no radio, and its MAC is not known
 * before.
 */
const OF_OTHERS = [
  'MACAddress',
  'PermanentMACAddress',
  'Path',
  'Property',
  'WLANInterfaceType',
  'SSID',
  'BSSID',
];

/** The properties of a tap as systemd-networkd sees them. Source: tun.c in the kernel. */
const OF_TAPS = { Type: 'ether', Kind: 'tun', Driver: 'tun' };

/**
 * Whether a .network file matches the tap of a guest. Conditions about the whole host are assumed to be met. A file
 * without conditions matches nothing. Source: systemd.network(5), [Match].
 */
export function matchesTap({ sections }: Unit, tap: string): boolean {
  const conditions = sections
    .filter(({ name }) => name === 'Match')
    .flatMap(({ entries }) => entries)
    .filter(([, value]) => value !== '');
  if (conditions.length === 0) return false;
  const of = { ...OF_TAPS, Name: tap };
  return Object.entries(group(conditions)).every(([key, values]) => {
    if (OF_OTHERS.includes(key)) return false;
    const is = of[key as keyof typeof of];
    return is === undefined || matchesPatterns(values, is);
  });
}

function group(conditions: readonly (readonly [string, string])[]): Record<string, string[]> {
  const groups: Record<string, string[]> = {};
  for (const [key, value] of conditions) (groups[key] ??= []).push(...value.split(/\s+/));
  return groups;
}
