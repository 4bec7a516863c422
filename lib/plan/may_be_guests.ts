/** The kernel's device kinds of guests' ports: a tap, or a veth for LXC. Xen's vif has no kind. */
const GUEST_KINDS = ['tun', 'veth'];
const XEN_VIF = /^vif\d+\.\d+$/;

/** Whether an interface of the host can be a guest's, by its kind in the kernel, whatever a guest's XML claims. */
export function mayBeGuests({
  name,
  kind,
}: {
  readonly name: string;
  readonly kind: string | null;
}): boolean {
  return GUEST_KINDS.includes(kind ?? '') || XEN_VIF.test(name);
}
