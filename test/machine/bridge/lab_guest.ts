import { defineGuest, startGuest } from '../guests';
import type { Machine } from '../machine';
import { until } from '../until';

const LEASES = '/var/lib/kvmvlan-lab-leases';

/** A guest whose firmware asks for an address by DHCP. */
export interface LabGuest {
  readonly name: string;
  readonly mac: string;
  /** Its port on the bridge. */
  readonly tap: string;
}

export const guest: LabGuest = { name: 'web', mac: '52:54:00:00:02:00', tap: 'web0' };

/**
 * Starts a guest on this bridge. Nothing here gives its port a VLAN: kvmvlan does that by its conf, or a test by hand.
 * AppArmor, which costs most of the time of a start, is not what is tested here.
 */
export async function startGuestOn(
  machine: Machine,
  bridge: string,
  { name, mac, tap }: LabGuest = guest,
): Promise<void> {
  const nics = [{ mac, device: tap, bridge }];
  await defineGuest(machine, { name, nics, sends: true, isUnconfined: true });
  await startGuest(machine, name);
}

/** Waits until the DHCP server outside has given the guest an address, and gives that. */
export async function leaseOf(machine: Machine, { name, mac }: LabGuest = guest): Promise<string> {
  let address = '';
  await until(`${name} has an address by DHCP`, async () => {
    const leases = (await machine.must(`cat ${LEASES}`)).split('\n').map((line) => line.split(' '));
    address = leases.find((words) => words[1] === mac)?.[2] ?? '';
    return address !== '';
  });
  return address;
}
