import type { Domain } from '../../model/guest/domain';
import { KnownError } from '../../model/known_error';
import { asStarted } from '../../model/guest/as_started';
import { networkBridge } from '../../system/libvirt/network_bridge';
import type { Problem } from '../../model/problem';
import type { GuestProblem } from '../../system/libvirt/guest_problems';
import { readDefinedGuests, readRunningGuests, type ReadGuests } from '../../system/libvirt/read_guests';
import type { CheckIo } from './check_io';
import type { Facts } from './facts';

/** The guests of this host; null: only root may read them. */
export function readGuests({ plugin }: CheckIo): Pick<Facts, 'running' | 'stopped' | 'unreadGuests'> {
  const running = unlessForRoot(() => readRunningGuests(plugin));
  const defined = unlessForRoot(() => readDefinedGuests(plugin));
  const isOn = ({ name }: Domain): boolean => running?.domains.some((guest) => guest.name === name) === true;
  const bridgeOf = (network: string): string | null => networkBridge(network, plugin);
  const stopped = defined?.domains.filter((guest) => !isOn(guest)).map((guest) => asStarted(guest, bridgeOf));
  const problems = [...(running?.problems ?? []), ...(defined?.problems ?? [])];
  return {
    running: running?.domains ?? null,
    stopped: stopped ?? null,
    unreadGuests: problems.filter(isOfGuest),
  };
}

function isOfGuest(problem: Problem | GuestProblem): problem is GuestProblem {
  return 'guest' in problem;
}

function unlessForRoot(read: () => ReadGuests): ReadGuests | null {
  try {
    const guests = read();
    return guests.problems.some(({ code }) => code === 'guests-for-root-only') ? null : guests;
  } catch (error) {
    if (error instanceof KnownError) return null;
    throw error;
  }
}
