import type { PortFlag, PortFlags } from '../../../lib/model/vlan/port_flags';
import { PORT_FLAGS } from '../../../lib/model/vlan/port_flags';
import { indexOf } from '../model/host/host_parts';

/** An interface as `ip -j -d addr show` prints it, up and with a carrier. */
export function linkJson(name: string, kind: string | null, index = indexOf(name)) {
  return {
    ifindex: index,
    ifname: name,
    link_type: 'ether',
    address: `02:00:00:${index
      .toString(16)
      .padStart(6, '0')
      .replace(/(..)(..)(..)/, '$1:$2:$3')}`,
    flags: ['BROADCAST', 'MULTICAST', 'UP', 'LOWER_UP'],
    ...(kind === null ? {} : { linkinfo: { info_kind: kind } }),
    addr_info: [],
  };
}

/** A port of a bridge as `ip -j -d addr show` prints it. */
export function portJson(
  name: string,
  bridge: string,
  kind: string | null,
  flags: PortFlags = {},
  index = indexOf(name),
  isTunnel = false,
) {
  const data = Object.entries(flags).map(([flag, is]) => [PORT_FLAGS[flag as PortFlag], is]);
  return {
    ...linkJson(name, kind, index),
    master: bridge,
    linkinfo: {
      ...(kind === null ? {} : { info_kind: kind }),
      info_slave_kind: 'bridge',
      info_slave_data: { ...Object.fromEntries(data), vlan_tunnel: isTunnel } as Record<string, boolean>,
    },
  };
}
