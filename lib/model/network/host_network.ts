import type { Vid } from '../vlan/vid';
import type { VlanProtocol } from '../host/host';

/** An address of an interface. */
export interface NetAddress {
  /** `192.0.2.10/24` */
  readonly address: string;
  readonly family: 4 | 6;
  /** `global`, `link`, … */
  readonly scope: string;
  /** It has a lifetime: DHCP or SLAAC set it. */
  readonly isDynamic: boolean;
  /** A temporary address of SLAAC (RFC 8981): it changes by itself. */
  readonly isTemporary: boolean;
  /** Duplicate address detection has not ended yet, or has failed. */
  readonly isUnusable: boolean;
}

/** An interface as `ip -j -d addr show` reports it. */
export interface NetLink {
  readonly name: string;
  readonly index: number;
  /** Other names of it, such as `enp1s0`; absent: none. */
  readonly altNames?: readonly string[];
  /** bridge, vlan, bond, macvlan, veth …; null: a physical one, or a driver without a name. */
  readonly kind: string | null;
  /** What it is a port of; null: nothing. */
  readonly master: string | null;
  /** What kind of port: bridge, bond, vrf, openvswitch …; null: no port. */
  readonly portKind: string | null;
  /** The interface below it, as of a VLAN interface; null: none. */
  readonly below: string | null;
  readonly mac: string;
  readonly permanentMac: string | null;
  readonly mtu: number;
  readonly isUp: boolean;
  readonly hasCarrier: boolean;
  /** ether, loopback, none … */
  readonly type: string;
  /** Of a VLAN interface. */
  readonly vlan: { readonly vid: Vid; readonly protocol: VlanProtocol } | null;
  /** An XDP program is attached to it. */
  readonly hasXdp: boolean;
  /** How IPv6 interface identifiers are made: eui64, random, stable_secret, none; null: not reported. */
  readonly addrGenMode: string | null;
  /** The routing table of a VRF; absent: it is none. */
  readonly vrfTable?: number;
  readonly addresses: readonly NetAddress[];
}

/** A route of any table, as `ip -j route show table all` reports it. */
export interface NetRoute {
  readonly family: 4 | 6;
  /** `default`, `198.51.100.0/24` */
  readonly to: string;
  readonly via: string | null;
  readonly dev: string | null;
  /** `main`, `100` */
  readonly table: string;
  readonly metric: number | null;
  /** kernel, static, dhcp, ra, boot … */
  readonly protocol: string;
  readonly scope: string | null;
  /** The source address that it prefers. */
  readonly source: string | null;
  /** unicast, local, broadcast, blackhole … */
  readonly type: string;
  readonly mtu: number | null;
  readonly onlink: boolean;
}

/** A policy rule, as `ip -j rule` reports it: the text of its JSON, without what the kernel adds itself. */
export interface NetRule {
  readonly family: 4 | 6;
  readonly priority: number;
  /** The interfaces that it names. */
  readonly devs: readonly string[];
  readonly text: string;
}

/** The name servers and search domains of one interface, or of the whole host. */
export interface Dns {
  readonly servers: readonly string[];
  readonly domains: readonly string[];
}

/** Interfaces, addresses, routes, rules and DNS of the host at one moment. */
export interface HostNetwork {
  readonly links: ReadonlyMap<string, NetLink>;
  readonly routes: readonly NetRoute[];
  readonly rules: readonly NetRule[];
  /** By interface, if systemd-resolved runs. */
  readonly linkDns: ReadonlyMap<string, Dns>;
  /** /etc/resolv.conf; null: it does not exist. */
  readonly resolvConf: string | null;
}
