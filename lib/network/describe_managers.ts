import type { Manager } from './manager';

/** `configured by NetworkManager (netplan)`; null: no manager is known. */
export function describeManagers(managers: readonly Manager[]): string | null {
  const names = managers.map(({ name, netplan }) => (netplan ? `${name} (netplan)` : name));
  return names.length === 0 ? null : `configured by ${names.join(' and ')}`;
}
