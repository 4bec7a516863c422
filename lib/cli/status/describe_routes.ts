import { formatIp, formatPrefix } from '../../model/address/ip_address';
import type { RoutedTap } from '../../plan/routes/routed_tap';
import type { RoutedInterface } from '../../plan/routes/routed_view';
import type { RouteStep } from '../../plan/routes/route_step';

/** What a step changes, `proxy entry`, without its address. */
export function routeObject({ object, subject }: RouteStep): string {
  switch (object) {
    case 'proxy':
      return 'proxy entry';
    case 'neighbour':
      return 'neighbour entry';
    case 'gateway':
      return `gateway ${subject ?? ''}`;
    case 'rule':
      return `rule for table ${subject ?? ''}`;
    case 'setting':
      return `setting ${subject ?? ''}`;
    case 'vrf':
      return `VRF ${subject ?? ''}`;
    case 'pool-route':
      return 'unreachable route';
    case 'route':
    case 'filter':
      return object;
  }
}

/** The address or network that a step is about; null: it is about the interface as a whole. */
export function addressOfStep({ object, subject }: RouteStep): string | null {
  return ['route', 'proxy', 'neighbour', 'pool-route'].includes(object) ? subject : null;
}

/** Whether a step takes something away. */
export function isRemoval({ purpose }: RouteStep): boolean {
  return purpose === 'withdraw' || purpose === 'clean';
}

/** What some steps are for, `no route, no proxy entry`; null: there is no step. */
export function describeRouteDrift(steps: readonly RouteStep[]): string | null {
  const words = steps.map((step) => {
    const what = routeObject(step);
    if (isRemoval(step)) return `unwanted ${what}`;
    if (step.object === 'setting' || step.object === 'filter') return `other ${what}`;
    return step.object === 'vrf' ? `not in ${what}` : `no ${what}`;
  });
  return [...new Set(words)].join(', ') || null;
}

/** The same for what belongs to no routed interface: `unwanted route 203.0.113.20 of vnet3`. */
export function describeLeftOver(steps: readonly RouteStep[]): string[] {
  return steps.flatMap((step) => {
    const dev = devOfStep(step);
    return describeOtherRoutes([step]).map((words) => (dev === null ? words : `${words} of ${dev}`));
  });
}

/** The interface that a step is about; null: none. */
export function devOfStep({ object, dev, subject }: RouteStep): string | null {
  return object === 'filter' ? (dev ?? subject) : dev;
}

/** The same for an interface, with the addresses. */
function describeOtherRoutes(steps: readonly RouteStep[]): string[] {
  const words = steps.map((step) =>
    [describeRouteDrift([step]), addressOfStep(step)].filter(Boolean).join(' '),
  );
  return [...new Set(words)];
}

/** The addresses of an interface and the networks behind it. */
export function addressesOf({ wish: { addresses, routes } }: Pick<RoutedTap, 'wish'>): string[] {
  return [...addresses.map(formatIp), ...routes.map(formatPrefix)];
}

/** How an address of an interface differs from the wish; null: it does not. */
export function describeAddressDrift({ steps }: RoutedInterface, address: string): string | null {
  return describeRouteDrift(steps.filter((step) => addressOfStep(step) === address));
}

/** How an interface differs from the wish apart from its addresses, and where its guest is; null: nothing to say. */
export function describeRoutedState({ tap, steps, isRefused }: RoutedInterface): string | null {
  const own = addressesOf(tap);
  const others = steps.filter((step) => !own.includes(addressOfStep(step) ?? ''));
  const where = WHERE[tap.presence];
  const parts = [
    ...(isRefused ? ['it cannot be set'] : []),
    ...describeOtherRoutes(others),
    ...(where === null ? [] : [where]),
  ];
  return parts.join(', ') || null;
}

const WHERE = {
  here: null,
  arriving: 'the guest has not run here yet',
  left: 'the guest may run on another host now',
  absent: 'the guest does not run here',
} as const;

/** `main`, `500`, `vrf red` */
export function tableText({ wish: { table, vrf } }: RoutedTap): string {
  return vrf === null ? String(table ?? 'main') : `vrf ${vrf}`;
}
