/**
 * Interface types for which libvirt creates a tap on this host, or opens an existing one, so that the device in
 * `<target dev>` is the guest's own. `network` is the type of an interface in a libvirt network that libvirt connects to a
 * bridge itself (nat, route, open), and of any such interface before the guest starts: what it becomes is not known then.
 *
 * The other types have no device that can be a port of a bridge, but libvirt keeps whatever `<target dev>` their XML
 * contains: user, vhostuser, server, client, mcast, udp, internal, hostdev, vdpa, null, vds. The macvtap of `direct` is
 * attached to a physical device (qemu_command.c qemuBuildInterfaceCommandLine, qemu_interface.c).
 */
const WITH_TAP: ReadonlySet<string> = new Set(['bridge', 'network', 'ethernet']);

/** Whether the host device of an interface of that type, once it exists, is a tap of this guest. */
export function hasTap(type: string): boolean {
  return WITH_TAP.has(type);
}
