import { formatIp } from '../../model/address/ip_address';
import { FORWARD4, FORWARD6, uplinkFiles } from '../../model/routes/host_setting_files';
import type { Routing } from '../../model/routes/routing';
import type { RoutedTap } from './routed_tap';
import type { RouteStep, RoutesPlan } from './route_step';

/**
 * `ok`: as wanted. `drift`: something is missing or left over, or it cannot be set. `arriving`: prepared for a guest that
 * still runs on another host. `leaving`: withdrawn, because the guest may already run on another host.
 */
export type RouteState = 'ok' | 'drift' | 'arriving' | 'leaving';

/** A routed interface of a running guest, and how it differs from the wish. */
export interface RoutedInterface {
  readonly tap: RoutedTap;
  /** Of the guest's interface; null: it has none. */
  readonly alias: string | null;
  readonly state: RouteState;
  /** What would make it as wanted; none if it cannot be set. */
  readonly steps: readonly RouteStep[];
  /** An error is in the way: it stays as it is. */
  readonly isRefused: boolean;
}

/** Where the host answers for addresses of guests. */
export interface RoutedUplink {
  /** null: nowhere, others route them to this host. */
  readonly name: string | null;
  readonly forwards: { readonly 4: boolean; readonly 6: boolean };
}

/** The routed interfaces of a host. */
export interface RoutedView {
  /** By guest and name. */
  readonly interfaces: readonly RoutedInterface[];
  /** The uplinks of these interfaces. */
  readonly uplinks: readonly RoutedUplink[];
  /** Steps that are about none of these interfaces: what is left over of others, and routes of pools. */
  readonly others: readonly RouteStep[];
}

/**
 * What a plan says about each interface: one without steps and errors is as wanted.
 *
 * @param aliasOf the alias of the interface that has a tap
 */
export function routedView(
  plan: RoutesPlan,
  { settings }: Pick<Routing, 'settings'>,
  aliasOf: (dev: string) => string | null,
): RoutedView {
  const { of, others } = stepsByTap(plan);
  const interfaces = plan.taps.map(({ tap, problems }): RoutedInterface => {
    const steps = of.get(tap.dev) ?? [];
    const isRefused = problems.some(({ level }) => level === 'error');
    const state = isRefused || steps.length > 0 ? 'drift' : stateOf(tap);
    return { tap, alias: aliasOf(tap.dev), state, steps, isRefused };
  });
  const names = [...new Set(plan.taps.map(({ tap }) => tap.wish.uplink))];
  return {
    interfaces: interfaces.sort(byGuest),
    uplinks: names.sort(noneLast).map((name) => ({ name, forwards: forwardsOf(name, settings) })),
    others,
  };
}

/** The part of a view about the guest or uplink of that name. */
export function selectRouted({ interfaces, uplinks }: RoutedView, name: string): RoutedView {
  const meant = interfaces.filter(({ tap }) => tap.guest === name || tap.wish.uplink === name);
  return {
    interfaces: meant,
    uplinks: uplinks.filter((uplink) => meant.some(({ tap }) => tap.wish.uplink === uplink.name)),
    others: [],
  };
}

/**
 * The steps of a plan for each interface, by the tap's name. A proxy entry has no interface in the kernel: it belongs to
 * the one that has its address.
 */
export function stepsByTap({ steps, taps }: Pick<RoutesPlan, 'steps' | 'taps'>): {
  readonly of: ReadonlyMap<string, readonly RouteStep[]>;
  readonly others: readonly RouteStep[];
} {
  const of = new Map<string, RouteStep[]>(taps.map(({ tap }) => [tap.dev, []]));
  const byAddress = new Map(
    taps.flatMap(({ tap }) => tap.wish.addresses.map((address) => [formatIp(address), tap.dev])),
  );
  const others: RouteStep[] = [];
  for (const step of steps) {
    const dev = step.dev ?? (step.object === 'proxy' ? byAddress.get(step.subject ?? '') : null);
    (of.get(dev ?? '') ?? others).push(step);
  }
  return { of, others };
}

function stateOf({ presence }: RoutedTap): RouteState {
  return presence === 'here' ? 'ok' : presence === 'arriving' ? 'arriving' : 'leaving';
}

function byGuest({ tap: a }: RoutedInterface, { tap: b }: RoutedInterface): number {
  return compare(a.guest, b.guest) || compare(a.dev, b.dev);
}

function noneLast(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return compare(a, b);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** IPv4 is forwarded where it comes in, IPv6 only if it is on for all interfaces. */
function forwardsOf(uplink: string | null, settings: Routing['settings']): RoutedUplink['forwards'] {
  const isOn = (file: string): boolean => (settings.get(file) ?? '0') !== '0';
  return { 4: isOn(uplink === null ? FORWARD4 : uplinkFiles(uplink).forward4), 6: isOn(FORWARD6) };
}
