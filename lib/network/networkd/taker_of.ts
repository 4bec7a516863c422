import { parseBoolean } from '../booleans';
import { valueOf } from '../sections';
import { matchesTap } from './matches_tap';
import type { Unit } from './units';

/** A name as libvirt gives it to taps, to find files that would match the tap of a future guest. */
export const NEXT_TAP = 'vnet0';

/**
 * The file by which systemd-networkd takes a guest's tap off its bridge, because it matches the tap and sets another
 * master or none; null: it leaves the tap where it is. Source: networkd-setlink.c.
 */
export function takerOf(tap: string, bridge: string, networks: readonly Unit[]): Unit | null {
  const unit = networks.find((each) => matchesTap(each, tap));
  if (unit === undefined || isLeftAlone(unit)) return null;
  return valueOf(unit.sections, 'Network', 'Bridge') === bridge ? null : unit;
}

function isLeftAlone({ sections }: Unit): boolean {
  const isYes = (section: string, key: string): boolean =>
    parseBoolean(valueOf(sections, section, key) ?? '') === true;
  const hasMaster = ['Bridge', 'Bond', 'VRF', 'BatmanAdvanced'].some(
    (key) => (valueOf(sections, 'Network', key) ?? '') !== '',
  );
  return isYes('Link', 'Unmanaged') || (isYes('Network', 'KeepMaster') && !hasMaster);
}
