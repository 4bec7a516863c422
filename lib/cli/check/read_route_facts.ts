import { desiredRoutes, readRoutingOf } from '../../apply/state/read_routes';
import type { Domain } from '../../model/guest/domain';
import { KnownError } from '../../model/known_error';
import { routeRulesFor } from '../../model/match/match_routes';
import { routesNothing, type GuestRoutesConf } from '../../model/routes/guest_routes_conf';
import type { RouteWish } from '../../model/routes/route_wish';
import type { Routing } from '../../model/routes/routing';
import { findSender } from '../../system/announce/send_frames';
import { toRoutedGuest } from '../../system/libvirt/read_guests';
import type { CheckIo } from './check_io';
import { readRules } from './read_rules';
import { readUnits, type HasState } from './read_units';
import type { RouteFacts } from './route_facts';

const UNITS = ['kvmvlan-routes.path', 'kvmvlan-routes.timer'];
const NETWORKD = 'systemd-networkd.service';

/** Reads what matters for routed interfaces; null: conf routes nothing. */
export async function readRouteFacts(
  io: CheckIo,
  conf: GuestRoutesConf,
  running: readonly Domain[],
  stopped: readonly Domain[],
): Promise<RouteFacts | null> {
  if (routesNothing(conf)) return null;
  const { taps } = desiredRoutes(conf, { domains: running, unread: [] }, new Set()).desired;
  const wishes = wishesOf(conf, [...running, ...stopped]);
  const has = (family: 4 | 6): boolean =>
    taps.some(({ wish }) => wish.addresses.some((address) => address.family === family));
  const [routing, four, six, sender, units] = await Promise.all([
    readRouting(
      io,
      wishes.map(({ wish }) => wish),
      taps.map(({ dev }) => dev),
    ),
    has(4) ? readRules(io, 4) : null,
    has(6) ? readRules(io, 6) : null,
    findSender(io.plugin.exec),
    readUnits(io, [...UNITS, NETWORKD]),
  ]);
  return {
    conf,
    taps,
    wishes,
    ...routing,
    rules: { 4: four, 6: six },
    hasSender: sender !== null,
    inactive: units === null ? null : UNITS.filter((unit) => !units(unit, 'ActiveState=active')),
    networkdDropsRules: units === null ? null : await dropsRules(io, units),
  };
}

/** Each section or element once, whichever guests it matches. */
function wishesOf(conf: GuestRoutesConf, guests: readonly Domain[]): RouteFacts['wishes'] {
  const own = guests.flatMap((domain) => routeRulesFor(conf, toRoutedGuest(domain)).own);
  return [...conf.rules, ...own].flatMap((rule) =>
    rule.wish === null ? [] : [{ source: rule, wish: rule.wish }],
  );
}

async function readRouting(
  io: CheckIo,
  wishes: readonly RouteWish[],
  taps: readonly string[],
): Promise<{ routing: Routing | null; routingError: string | null }> {
  try {
    return { routing: await readRoutingOf(wishes, taps, io.plugin), routingError: null };
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    return { routing: null, routingError: error.message };
  }
}

/** ManageForeignRoutingPolicyRules of networkd.conf(5): the last line counts; yes unless given. */
async function dropsRules({ plugin: { exec } }: CheckIo, has: HasState): Promise<boolean | null> {
  if (!has(NETWORKD, 'ActiveState=active')) return false;
  const { ok, stdout } = await exec('systemd-analyze', ['cat-config', 'systemd/networkd.conf']);
  if (!ok) return null;
  const lines = [...stdout.matchAll(/^\s*ManageForeignRoutingPolicyRules\s*=\s*(\S*)/gm)];
  return !['no', 'false', 'off', '0', 'n', 'f'].includes((lines.at(-1)?.[1] ?? 'yes').toLowerCase());
}
