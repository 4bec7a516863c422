import type { BridgeRequest, BridgeVlans } from '../backend';
import { formatNmVlans } from '../bridge_vlans';
import { hasKey, isPattern, lastText, type Definition } from './definition';
import { portIdOf } from './refusals';
import type { NetplanState } from './snapshot';
import type { Yaml, YamlMap } from './yaml';

/** A port has no addresses of its own. */
export const QUIET: YamlMap = { dhcp4: 'false', dhcp6: 'false', 'accept-ra': 'false', 'link-local': [] };

export function ownName(bridge: string): string {
  return `90-kvmvlan-${bridge}.yaml`;
}

/** The file that joins the port to the bridge. What the bridge got from the port is in the port's files. */
export function ownFile(state: NetplanState, definition: Definition, request: BridgeRequest): YamlMap {
  const { bridge, port } = request;
  const { renderer } = state.rendering;
  const id = portIdOf(definition, port.name);
  const configured = lastText(definition, 'mtu');
  // DHCP may have set it, and would now set only that of the bridge.
  const found = configured === null && port.mtu !== DEFAULT_MTU ? String(port.mtu) : null;
  const mtu = configured ?? found;
  const isNm = renderer === 'NetworkManager';
  return {
    network: {
      version: '2',
      [definition.type]: {
        [id]: {
          ...(isPattern(definition) ? { match: { name: port.name } } : {}),
          ...QUIET,
          ...(found === null ? {} : { mtu: found }),
          ...(isNm ? passthrough({ 'bridge-port.vlans': formatNmVlans(request.bridgeVlans.trunk) }) : {}),
        },
      },
      bridges: {
        [bridge]: {
          renderer,
          interfaces: [id],
          macaddress: port.mac,
          ...(mtu === null ? {} : { mtu }),
          ...optionalOf(definition),
          parameters: { stp: 'false', 'forward-delay': '0' },
          ...(isNm
            ? passthrough({ ...filtering(request.bridgeVlans), ...identityOf(state), ...metricsOf(request) })
            : {}),
        },
      },
    },
  };
}

/** The host does not wait at boot for what is optional or started by hand. */
function optionalOf(definition: Definition): YamlMap {
  if (hasKey(definition, 'activation-mode')) return { optional: 'true' };
  const optional = lastText(definition, 'optional');
  return optional === null ? {} : { optional };
}

const DEFAULT_MTU = 1500;

/** netplan has no keys of its own for these. */
function passthrough(settings: YamlMap): Record<string, Yaml> {
  return { networkmanager: { passthrough: settings } };
}

/** Without a default PVID, NetworkManager cannot put guests' ports into one when it resets the bridge. */
function filtering({ own, defaultPvid }: BridgeVlans): YamlMap {
  return {
    'bridge.vlan-filtering': 'true',
    'bridge.vlan-default-pvid': String(defaultPvid ?? 0),
    'bridge.vlans': formatNmVlans(own),
  };
}

function identityOf({ identity: { iaid6, duid6 } }: NetplanState): YamlMap {
  return {
    ...(iaid6 === null ? {} : { 'ipv6.dhcp-iaid': iaid6 }),
    ...(duid6 === null ? {} : { 'ipv6.dhcp-duid': duid6 }),
  };
}

/** NetworkManager's metric depends on the kind of the interface: 425 for a bridge, 100 for Ethernet. */
function metricsOf({ network, port }: BridgeRequest): YamlMap {
  const metrics = ([4, 6] as const).flatMap((family) => {
    // The routes that come with addresses have the metric of the profile, unlike those that users configure.
    const route = network.routes.find(
      (each) =>
        each.family === family &&
        each.dev === port.name &&
        each.table === 'main' &&
        each.protocol === 'kernel' &&
        !each.to.startsWith('fe80:'),
    );
    const metric = route?.metric ?? null;
    return metric === null ? [] : [[`ipv${family}.route-metric`, String(metric % PENALTY)] as const];
  });
  return Object.fromEntries(metrics);
}

/** Added while there is no connection to the Internet. Source: default_route_metric_penalty_get() in nm-device.c. */
const PENALTY = 20_000;
