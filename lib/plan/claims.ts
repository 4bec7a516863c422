import type { DomainInterface } from '../model/guest/domain';

/** The running guests that claim an interface of the host as their tap, by the interface's name. */
export type Claims = ReadonlyMap<string, readonly string[]>;

/** Which guest claims which interface, according to the guests' XML. */
export function claimsOf(
  guests: readonly { readonly name: string; readonly interfaces: readonly DomainInterface[] | null }[],
): Claims {
  const claims = new Map<string, string[]>();
  for (const { name, interfaces } of guests)
    for (const iface of interfaces ?? []) {
      if (iface.dev === null || !iface.hasTap) continue;
      const guestsOf = claims.get(iface.dev) ?? [];
      claims.set(iface.dev, guestsOf);
      if (!guestsOf.includes(name)) guestsOf.push(name);
    }
  return claims;
}
