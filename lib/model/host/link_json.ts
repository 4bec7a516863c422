/**
 * The parts of the output of `ip -j -d addr show` that are used here, for one interface. Source: iproute2
 * ip/ipaddress.c.
 */
export interface LinkJson {
  readonly ifname: string;
  readonly ifindex?: number;
  /** The interface below it: br0 of br0.200, with `@` before it in the plain output. */
  readonly link?: string;
  readonly master?: string;
  readonly flags?: readonly string[];
  readonly linkinfo?: {
    readonly info_kind?: string;
    readonly info_data?: Readonly<Record<string, unknown>>;
    readonly info_slave_kind?: string;
    readonly info_slave_data?: Readonly<Record<string, unknown>>;
  };
  readonly addr_info?: readonly { local?: string; prefixlen?: number; scope?: string }[];
}
