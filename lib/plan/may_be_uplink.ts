/** Kinds of devices that lead to guests or nowhere. Source: ip-link(8). */
const NO_UPLINKS = ['tun', 'veth', 'dummy', 'ifb', 'macvtap'];

/** Whether a port can lead out of the host, by the kind of its device. */
export function mayBeUplink({ kind }: { readonly kind: string | null }): boolean {
  return !NO_UPLINKS.includes(kind ?? '');
}
