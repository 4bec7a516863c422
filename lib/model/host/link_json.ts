/**
 * The parts of the output of `ip -j -d addr show` that are used here, for one interface. `ip -j -d link show` and
 * `bridge -j link show` print some of them. Source: iproute2 ip/ipaddress.c, bridge/link.c.
 */
export interface LinkJson {
  readonly ifname: string;
  readonly ifindex?: number;
  readonly altnames?: readonly string[];
  /** The interface below it: br0 of br0.200, with `@` before it in the plain output. */
  readonly link?: string;
  readonly master?: string;
  readonly flags?: readonly string[];
  readonly mtu?: number;
  readonly link_type?: string;
  readonly address?: string;
  readonly permaddr?: string;
  readonly xdp?: unknown;
  readonly inet6_addr_gen_mode?: string;
  readonly linkinfo?: {
    readonly info_kind?: string;
    readonly info_data?: Readonly<Record<string, unknown>>;
    readonly info_slave_kind?: string;
    readonly info_slave_data?: Readonly<Record<string, unknown>>;
  };
  readonly addr_info?: readonly AddressJson[];
}

/** An address in it. */
export interface AddressJson {
  readonly family?: string;
  readonly local?: string;
  readonly prefixlen?: number;
  readonly scope?: string;
  readonly dynamic?: boolean;
  readonly temporary?: boolean;
  readonly tentative?: boolean;
  readonly dadfailed?: boolean;
}
