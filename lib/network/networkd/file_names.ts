import type { Unit } from './units';

/** Where files stay. */
export const KEPT_FOLDER = '/etc/systemd/network';
/** Where they are while a change is tried. */
export const TRIAL_FOLDER = '/run/systemd/network';

/** The first file that matches an interface counts, so the names of our files sort before these. */
const PREFIXES = ['05-kvmvlan-', '00-kvmvlan-', '000-kvmvlan-'];

/** The file that keeps systemd-networkd away from the taps of guests: as `check` suggests it. */
const GUESTS = ['04-kvmvlan-guests.network', '00-kvmvlan-guests.network', '000-kvmvlan-guests.network'];

/** How the names of our files begin; null: no name sorts before all of these files. */
export function prefixBefore(units: readonly Unit[]): string | null {
  return PREFIXES.find((prefix) => units.every(({ name }) => prefix < name)) ?? null;
}

/** The name of the file about guests' taps; null: no name sorts before all of these files. */
export function guestsNameBefore(units: readonly Unit[]): string | null {
  return GUESTS.find((name) => units.every((unit) => name < unit.name)) ?? null;
}
