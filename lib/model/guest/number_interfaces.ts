/** What decides the number of an interface. */
export interface Numbered {
  /** The resolved type, see DomainInterface. */
  readonly type: string;
  readonly alias: string | null;
}

/** An alias assigned by libvirt: it ignores aliases in XML unless they start with `ua-`. */
const NET_ALIAS = /^net(0|[1-9]\d{0,8})$/;

/**
 * The number of each interface of a guest, which `nic` in conf and metadata refers to; null: it has no number.
 *
 * The number is the N of libvirt's alias `netN`. An interface keeps it while the guest runs, whatever else is plugged in
 * or unplugged. An interface without an alias (in prepare and migrate, in a guest that is off, and with drivers that
 * assign none) has the N that libvirt would assign: one more than the highest so far, in the order of the XML
 * (qemu_alias.c qemuAssignDeviceNetAlias).
 *
 * Interfaces that libvirt does not number have no number: those with a user alias (`ua-…`) and host devices
 * (`hostdevN`). Only their place could be counted, but it changes when an interface before them is unplugged, and it may
 * equal the N of another interface: `[net0, ua-x]` without net0 would move ua-x to the VLANs of number 0. They are
 * selected by alias or MAC.
 */
export function numberInterfaces(interfaces: readonly Numbered[]): (number | null)[] {
  const taken = interfaces.map(({ alias }) => {
    const digits = alias === null ? undefined : NET_ALIAS.exec(alias)?.[1];
    return digits === undefined ? null : Number(digits);
  });
  let next = taken.reduce<number>((highest, number) => Math.max(highest, (number ?? -1) + 1), 0);
  return interfaces.map(({ type, alias }, index) => {
    if (alias !== null) return taken[index] ?? null;
    return type === 'hostdev' ? null : next++;
  });
}
