import type { IpAddress } from '../address/ip_address';
import type { NetLink, NetRoute } from '../network/host_network';
import type { FoundUplinkFilter } from './good_citizen';
import type { FoundFilter } from './tap_filter';

/** Marks every route, rule and proxy entry of guest_routes in the kernel. Source: rtnetlink(7), rtm_protocol. */
export const PROTOCOL = '107';

/** The host answers for this address on an interface (`ip neigh show proxy`). */
export interface ProxyEntry {
  readonly address: IpAddress;
  readonly dev: string;
  readonly isOurs: boolean;
}

/** A neighbour that the kernel never has to ask for. */
export interface PermanentNeighbour {
  readonly address: IpAddress;
  readonly dev: string;
  readonly mac: string;
}

/** A policy rule for what arrives from an interface. */
export interface InterfaceRule {
  readonly family: 4 | 6;
  readonly priority: number;
  readonly dev: string;
  /** The interface no longer exists. The kernel binds the rule to the next one of that name. */
  readonly isDetached: boolean;
  readonly table: number;
  readonly isOurs: boolean;
}

/** What the kernel reports about routed interfaces and their neighbourhood at one moment. */
export interface Routing {
  readonly links: ReadonlyMap<string, NetLink>;
  /** Of all tables; protocols, tables and types are numbers: `107`, `254`, `7`. */
  readonly routes: readonly NetRoute[];
  readonly proxies: readonly ProxyEntry[];
  readonly neighbours: readonly PermanentNeighbour[];
  readonly rules: readonly InterfaceRule[];
  /** The filters of guest_routes by the tap's name; null: there is no nft, so there can be none. */
  readonly filters: ReadonlyMap<string, FoundFilter> | null;
  /** The ARP filters of guest_routes by the uplink's name; null: there is no nft, so there can be none. */
  readonly uplinkFilters: ReadonlyMap<string, FoundUplinkFilter> | null;
  /** Files below /proc/sys that matter, by path; one that does not exist is absent. */
  readonly settings: ReadonlyMap<string, string>;
}
