/** What a guest's port is to the kernel, by the driver of its domain: a tap, or for LXC a veth. Xen's vif has no kind. */
const GUEST_KINDS = ['tun', 'veth'];
const XEN_VIF = /^vif\d+\.\d+$/;

/** Whether an interface of the host may be a guest's, by what the kernel says it is: whatever a guest's XML claims. */
export function mayBeGuests({
  name,
  kind,
}: {
  readonly name: string;
  readonly kind: string | null;
}): boolean {
  return GUEST_KINDS.includes(kind ?? '') || XEN_VIF.test(name);
}
