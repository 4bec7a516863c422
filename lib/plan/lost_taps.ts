import type { DomainInterface } from '../model/guest/domain';
import type { Link } from '../model/host/host';

/** A running guest's interface. */
export interface GuestInterface {
  readonly guest: string;
  readonly iface: DomainInterface;
}

/** What the kernel reports about an interface of the host. */
export type HostLink = Pick<Link, 'name' | 'kind' | 'master'>;

/** A tap that has lost its bridge and must be put back into it. */
export interface LostTap {
  readonly dev: string;
  readonly bridge: string;
  readonly guest: string;
}

/** The types of `<interface>` whose tap libvirt puts into a bridge. Source: virDomainNetGetActualType(). */
const IN_BRIDGES = ['bridge', 'network'];

/**
 * The taps of running guests that are in no bridge although the guest's XML names one: a network manager that activates
 * a bridge again may remove them. A tap in another bridge is left there, because an administrator may have moved it. An
 * interface that is not a tap, or that two guests claim, is never touched.
 */
export function lostTaps(interfaces: readonly GuestInterface[], links: readonly HostLink[]): LostTap[] {
  const byName = new Map(links.map((link) => [link.name, link]));
  const claims = new Map<string, number>();
  for (const { iface } of interfaces)
    if (iface.dev !== null) claims.set(iface.dev, (claims.get(iface.dev) ?? 0) + 1);
  return interfaces.flatMap(({ guest, iface }) => {
    const { dev, bridge, type } = iface;
    if (dev === null || bridge === null || !IN_BRIDGES.includes(type) || claims.get(dev) !== 1) return [];
    const link = byName.get(dev);
    if (link?.kind !== 'tun' || link.master !== null) return [];
    return byName.get(bridge)?.kind === 'bridge' ? [{ dev, bridge, guest }] : [];
  });
}
