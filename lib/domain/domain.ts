/** A guest as libvirt's XML describes it. */
export interface Domain {
  readonly name: string;
  readonly uuid: string | null;
  readonly interfaces: readonly DomainInterface[];
  readonly disks: readonly DomainDisk[];
  /** The guest's own wish for its ports (`urn:kvmvlan:ports:1`), as it stands there; null: none. */
  readonly metadata: readonly MetadataPort[] | null;
  /** Only in libvirt's status files: `running`, `paused` … */
  readonly state: string | null;
}

export interface DomainInterface {
  /** Its place among the guest's interfaces, from 0. */
  readonly nic: number;
  /** bridge, network, ethernet, user, direct … */
  readonly type: string;
  /** In lower case; null where the XML has none. */
  readonly mac: string | null;
  /** The tap on the host; null before the guest starts, and where there is none. */
  readonly dev: string | null;
  readonly alias: string | null;
  readonly bridge: string | null;
  readonly network: string | null;
  /** Whether libvirt itself was told VLANs for it (`<vlan>`, libvirt 11 and later). */
  readonly libvirtVlan: boolean;
}

export interface DomainDisk {
  /** The name in the guest: vda. */
  readonly dev: string | null;
  /** File, device, volume or network name; null for an empty drive. */
  readonly source: string | null;
  readonly format: string | null;
  /** file, block, network, volume … */
  readonly type: string;
}

/** An element in the ports element of the guest's metadata, unread: `<port nic='0' pvid='100'/>`. */
export interface MetadataPort {
  readonly element: string;
  readonly attributes: Readonly<Record<string, string>>;
}
