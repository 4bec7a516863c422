import type { SwitchPort, SwitchView } from '../../plan/switch/switch';
import { VERDICT_STATUS, verdict } from '../../plan/switch/verdict';
import type { Gauge, Sample } from './exposition';

/** The gauges about bridges, ports and routed interfaces; null: they cannot be read. */
export function switchGauges(
  read: { readonly state: SwitchView; readonly isPending: boolean } | null,
): Gauge[] {
  const verdictOf = (code: number): Gauge => ({
    name: 'kvmvlan_status',
    help: 'The exit status of kvmvlan status: 0 as wanted, 1 drift, 2 not fully known',
    samples: [sample({}, code)],
  });
  if (read === null) return [verdictOf(2)];
  const { switches, missing, routed, problems } = read.state;
  const interfaces = routed?.interfaces ?? [];
  const ports = switches.flatMap(({ bridge, ports: own }) => own.map((port) => ({ bridge, port })));
  const isManaged = ({ wanted }: SwitchPort): boolean => wanted !== null;
  return [
    verdictOf(VERDICT_STATUS[verdict(read.state)]),
    {
      name: 'kvmvlan_ports',
      help: 'Ports of a bridge by role and state',
      samples: count(
        ports.map(({ bridge, port: { role, state } }) => ({ bridge: bridge.name, role, state })),
      ),
    },
    {
      name: 'kvmvlan_port_drift',
      help: 'Whether a managed port differs from conf',
      samples: ports
        .filter(({ port }) => isManaged(port))
        .map(({ bridge, port: { name, guest, role, drift } }) =>
          sample({ bridge: bridge.name, device: name, guest: guest ?? '', role }, Number(drift !== null)),
        ),
    },
    {
      name: 'kvmvlan_bridge_vlan_filtering',
      help: 'Whether a bridge filters VLANs',
      samples: switches.map(({ bridge }) => sample({ bridge: bridge.name }, Number(bridge.filtering))),
    },
    {
      name: 'kvmvlan_missing_ports',
      help: "Running guests' ports that conf names and no bridge has",
      samples: [sample({}, missing.length)],
    },
    {
      name: 'kvmvlan_routed_interfaces',
      help: 'Routed interfaces of running guests by uplink and state',
      samples: count(interfaces.map(({ tap, state }) => ({ uplink: tap.wish.uplink ?? '', state }))),
    },
    {
      name: 'kvmvlan_routed_interface_drift',
      help: 'Whether a routed interface differs from conf',
      samples: interfaces.map(({ tap: { dev, guest, wish }, state }) =>
        sample({ uplink: wish.uplink ?? '', device: dev, guest }, Number(state === 'drift')),
      ),
    },
    {
      name: 'kvmvlan_problems',
      help: 'Problems of conf and host that kvmvlan status reports',
      samples: (['error', 'warning'] as const).map((level) =>
        sample({ level }, problems.filter((problem) => problem.level === level).length),
      ),
    },
    {
      name: 'kvmvlan_unconfirmed_change',
      help: 'Whether a change waits to be confirmed',
      samples: [sample({}, Number(read.isPending))],
    },
  ];
}

/** One sample for each set of labels: how often it occurs. */
function count(all: readonly Sample['labels'][]): Sample[] {
  const found = new Map<string, { labels: Sample['labels']; value: number }>();
  for (const labels of all) {
    const key = JSON.stringify(labels);
    const one = found.get(key) ?? { labels, value: 0 };
    one.value++;
    found.set(key, one);
  }
  return [...found.values()];
}

function sample(labels: Sample['labels'], value: number): Sample {
  return { labels, value };
}
