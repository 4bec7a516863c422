import { isMap, mapAt, without, type Yaml, type YamlMap } from './yaml';

/** Keys about addressing, which move to the bridge. Source: netplan-yaml.md and parse.c up to 1.2.2. */
export const MOVED: readonly string[] = [
  'accept-ra',
  'addresses',
  'critical',
  'dhcp-identifier',
  'dhcp4',
  'dhcp4-overrides',
  'dhcp6',
  'dhcp6-overrides',
  'gateway4',
  'gateway6',
  'ignore-carrier',
  'ipv6-address-generation',
  'ipv6-address-token',
  'ipv6-mtu',
  'ipv6-privacy',
  'link-local',
  'nameservers',
  'optional-addresses',
  'ra-overrides',
  'routes',
  'routing-policy',
];

/** Keys about the link, which stay on the port. */
const STAYING: readonly string[] = [
  'activation-mode',
  'delay-virtual-functions-rebind',
  'embedded-switch-mode',
  'emit-lldp',
  'generic-receive-offload',
  'generic-segmentation-offload',
  'hairpin',
  'infiniband-mode',
  'interfaces',
  'large-receive-offload',
  'link',
  'macaddress',
  'match',
  'mtu',
  'neigh-suppress',
  'networkmanager',
  'optional',
  'parameters',
  'port-mac-learning',
  'receive-checksum-offload',
  'renderer',
  'set-name',
  'tcp-segmentation-offload',
  'tcp6-segmentation-offload',
  'transmit-checksum-offload',
  'virtual-function-count',
  'wakeonlan',
];

/** Settings of NetworkManager about addressing, in `networkmanager.passthrough`. */
const MOVED_SETTINGS =
  /^(ipv4|ipv6|proxy|hostname|connection)\.(?!(id|uuid|type|interface-name|autoconnect|autoconnect-priority|permissions|timestamp)$)/;

/** A definition in two parts. What is not about addressing stays. */
export interface SplitDefinition {
  readonly link: YamlMap;
  readonly addressing: YamlMap;
}

export function splitDefinition(definition: YamlMap): SplitDefinition {
  const isMoved = ([key]: [string, Yaml]): boolean => MOVED.includes(key);
  const entries = Object.entries(definition);
  const link = Object.fromEntries(entries.filter((entry) => !isMoved(entry)));
  const addressing = Object.fromEntries(entries.filter(isMoved));
  const settings = mapAt(definition, 'networkmanager', 'passthrough');
  const moved = Object.fromEntries(Object.entries(settings).filter(([key]) => MOVED_SETTINGS.test(key)));
  if (Object.keys(moved).length === 0) return { link, addressing };
  const passthrough = without(settings, ...Object.keys(moved));
  const others = without(mapAt(definition, 'networkmanager'), 'passthrough');
  const isEmpty = Object.keys(passthrough).length === 0;
  const networkmanager = isEmpty ? others : { ...others, passthrough };
  const rest = without(link, 'networkmanager');
  return {
    link: Object.keys(networkmanager).length === 0 ? rest : { ...rest, networkmanager },
    addressing: { ...addressing, networkmanager: { passthrough: moved } },
  };
}

/** Keys that this version of kvmvlan does not know: they stay on the port. */
export function unknownKeys(definition: YamlMap): string[] {
  return Object.keys(definition).filter((key) => !MOVED.includes(key) && !STAYING.includes(key));
}

/** Joins a definition that was split. */
export function joinDefinition(link: YamlMap, addressing: YamlMap): YamlMap {
  const joined: Record<string, Yaml> = { ...link };
  for (const [key, value] of Object.entries(addressing)) {
    const present = joined[key];
    joined[key] = isMap(present) && isMap(value) ? joinDefinition(present, value) : value;
  }
  return joined;
}
