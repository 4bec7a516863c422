import type { BridgeInitConf, BridgeRule } from '../../model/conf/bridge_init_conf';
import type { PortRule, VlanFilteringConf } from '../../model/conf/vlan_filtering_conf';
import { autoTrunkVlans } from '../../model/vlan/auto_trunk';
import type { Bridge, BridgePort } from '../../model/host/host';
import { NO_VLANS, type PortVlans } from '../../model/vlan/port_vlans';
import type { PortRole, Switch, SwitchPort } from './switch';

/** The bridge of a section that names none, in a conf with several bridges. */
const UNKNOWN = 'some bridge';

/** The switches as the two conf files describe them, regardless of what runs: each section is a port. */
export function plannedSwitches(bridgeInit: BridgeInitConf, vlanFiltering: VlanFilteringConf): Switch[] {
  const rules = vlanFiltering.rules.filter(({ wish }) => wish !== null);
  const named = [
    ...bridgeInit.rules.map(({ bridge }) => bridge),
    ...rules.flatMap(({ conditions }) => conditions.bridge ?? []),
  ];
  const bridges = [...new Set(named)];
  const only = bridges.length === 1 ? bridges[0] : undefined;
  const bridgeOf = ({ conditions }: PortRule): string => conditions.bridge ?? only ?? UNKNOWN;
  if (rules.some((rule) => bridgeOf(rule) === UNKNOWN)) bridges.push(UNKNOWN);
  return bridges.map((name): Switch => {
    const rule = bridgeInit.rules.find(({ bridge }) => bridge === name);
    const guests = rules.filter((other) => bridgeOf(other) === name).map(guestPort);
    const own = rule?.own ?? null;
    const trunk = rule === undefined ? NO_VLANS : trunkVlans(rule, guests, own ?? NO_VLANS);
    const trunks = rule?.trunkPorts.map((port) => toPort(port, 'trunk', trunk)) ?? [];
    const host = own === null ? [] : [toPort(name, 'host', own)];
    const bridge: Bridge = {
      name,
      filtering: rule?.filtering ?? true,
      protocol: rule?.protocol ?? '802.1Q',
      defaultPvid: null,
      vlans: own ?? NO_VLANS,
    };
    return {
      bridge,
      ports: [...trunks, ...host, ...guests],
      wantedBy: null,
      drift: [],
      macTableManager: 'kernel',
    };
  });
}

function trunkVlans(rule: BridgeRule, guests: readonly SwitchPort[], own: PortVlans): PortVlans {
  if (rule.autoTrunk === undefined) return rule.trunk ?? NO_VLANS;
  const others = guests.map(({ name, vlans, flags }): BridgePort => ({
    name,
    vlans,
    flags,
    bridge: rule.bridge,
    isUp: true,
    index: 0,
    kind: null,
    tunnels: null,
  }));
  return autoTrunkVlans(rule.autoTrunk, others, own);
}

function guestPort({ conditions, label, wish }: PortRule): SwitchPort {
  const { dev, nic, mac, alias, network } = conditions;
  const by = [
    alias,
    nic === undefined ? undefined : `nic ${nic}`,
    mac,
    network === undefined ? undefined : `network ${network}`,
  ].filter((word) => word !== undefined);
  const iface = {
    place: nic ?? 0,
    nic: nic ?? null,
    type: 'bridge',
    mac: null,
    dev: null,
    hasTap: true,
    managed: true,
    alias: by.join(', ') || null,
    bridge: null,
    network: null,
    libvirtVlan: false,
    libvirtVlans: null,
    hasFilterRef: false,
    hasHostAddress: false,
  };
  const port = toPort(dev ?? label, 'guest', wish?.vlans ?? NO_VLANS);
  return { ...port, guest: conditions.guest ?? 'any guest', iface };
}

function toPort(name: string, role: PortRole, vlans: PortVlans): SwitchPort {
  const nothing = {
    guest: null,
    iface: null,
    flags: {},
    tunnels: null,
    wanted: null,
    wantedFlags: {},
    wantedBy: null,
  };
  return { name, role, vlans, ...nothing, state: 'ok', drift: null };
}
