import type { RouteRule } from '../../model/routes/guest_routes_conf';
import type { RoutedView } from '../../plan/routes/routed_view';
import { oneLine } from '../../text/one_line';
import { addressesOf } from '../status/describe_routes';
import type { Drawing, DrawnBlock, DrawnPort } from './drawing';

/** A cable between the router and a guest. */
interface RoutedPort {
  readonly guest: string;
  readonly name: string;
  readonly detail: string;
  readonly addresses: readonly string[];
  /** null: others route its addresses to this host. */
  readonly uplink: string | null;
  readonly state: DrawnPort['state'];
}

/** An uplink of the router, and what is said about it. */
interface RouterUplink {
  readonly name: string | null;
  readonly words: readonly string[];
}

/**
 * The drawing of this host as a router between uplinks and routed interfaces. null: it routes none.
 *
 * @param uplink only what goes over it; null: all
 */
export function liveRouter({ interfaces, uplinks }: RoutedView, uplink: string | null): Drawing | null {
  const ports = interfaces.map(({ tap, alias, state }): RoutedPort => ({
    guest: tap.guest,
    name: tap.dev,
    detail: alias ?? '',
    addresses: addressesOf(tap),
    uplink: tap.wish.uplink,
    state,
  }));
  const drawn = uplinks.map(({ name, forwards }): RouterUplink => {
    const families = ([4, 6] as const).filter((family) => forwards[family]).map((family) => `IPv${family}`);
    return { name, words: [families.length === 0 ? 'forwards nothing' : `forwards ${families.join(', ')}`] };
  });
  return draw(ports, drawn, uplink);
}

/** The same as conf describes it, regardless of what runs: each section is a cable. */
export function plannedRouter(rules: readonly RouteRule[], uplink: string | null): Drawing | null {
  const ports = rules.flatMap(
    ({ conditions: { guest, dev, nic, mac, alias }, label, wish }): RoutedPort[] => {
      if (wish === null) return [];
      const by = [alias, nic === undefined ? undefined : `nic ${nic}`, mac].filter(
        (word) => word !== undefined,
      );
      return [
        {
          guest: guest ?? 'any guest',
          name: dev ?? label,
          detail: by.join(', '),
          addresses: addressesOf({ wish }),
          uplink: wish.uplink,
          state: 'ok',
        },
      ];
    },
  );
  const names = [...new Set(ports.map((port) => port.uplink))];
  return draw(
    ports,
    names.map((name) => ({ name, words: [] })),
    uplink,
  );
}

function draw(
  all: readonly RoutedPort[],
  uplinks: readonly RouterUplink[],
  only: string | null,
): Drawing | null {
  const ports = all.filter(({ uplink }) => only === null || uplink === only);
  if (ports.length === 0) return null;
  const left = uplinks.filter(({ name }) => only === null || name === only);
  const guests = [...new Set(ports.map(({ guest }) => guest))];
  return {
    title: 'router',
    subtitle: 'routes addresses to guests',
    left: left.map(({ name, words }): DrawnBlock => {
      const [title, cable] = name === null ? ['others', 'routed to this host'] : ['uplink', oneLine(name)];
      return { title, ports: [{ name: cable, detail: '', vlans: null, words, state: 'ok' }] };
    }),
    right: guests.map((guest) => ({
      title: oneLine(guest),
      ports: ports.filter((port) => port.guest === guest).map(toPort),
    })),
    host: null,
  };
}

function toPort({ name, detail, addresses, state }: RoutedPort): DrawnPort {
  return { name: oneLine(name), detail: oneLine(detail), vlans: null, words: addresses, state };
}
