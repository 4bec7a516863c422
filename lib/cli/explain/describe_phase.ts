/** What guest_routes does in each phase of a guest, by operation. */
const ROUTES: Readonly<Record<string, string>> = {
  migrate: 'refuses a guest that this host could not route; changes nothing',
  start:
    'sets up the tap and routes the addresses; if the guest arrives from another host, only sets up the tap',
  started: 'restores what is missing; if the guest arrives, routes the addresses as soon as it runs here',
  stopped: 'withdraws the addresses',
  release: 'withdraws the addresses, if they are still there',
  reconnect: 'restores what is missing',
};

/** What a script of kvmvlan does in a phase for routed interfaces; null: it is not about them. */
export function describePhase(script: string, operation: string): string | null {
  return script === 'guest_routes' ? (ROUTES[operation] ?? null) : null;
}
