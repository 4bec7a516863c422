import type { GuestStatus } from './presence';

/** A guest as libvirt's XML describes it. */
export interface Domain {
  readonly name: string;
  readonly uuid: string | null;
  readonly interfaces: readonly DomainInterface[];
  readonly disks: readonly DomainDisk[];
  /** The guest's own wish for its ports (`urn:kvmvlan:ports:1`), not yet interpreted; null: none. */
  readonly metadata: readonly MetadataPort[] | null;
  /** Why that wish cannot be read; `metadata` is then empty. null: it can be read. */
  readonly metadataProblem: MetadataProblem | null;
  /** The guest's own addresses (`urn:kvmvlan:nics:1`), not yet interpreted; null: none. */
  readonly nics: readonly MetadataPort[] | null;
  /** Why they cannot be read; `nics` is then empty. null: they can be read. */
  readonly nicsProblem: MetadataProblem | null;
  /** Only in libvirt's status files; null in all other XML. */
  readonly status: GuestStatus | null;
}

export interface DomainInterface {
  /** Its index among the guest's interfaces, from 0. It changes when an interface before it is unplugged. */
  readonly place: number;
  /** The number that `nic` refers to, see numberInterfaces; null: it has no number. */
  readonly nic: number | null;
  /** bridge, network, ethernet, user, direct …; for a running interface in a libvirt network the resolved type. */
  readonly type: string;
  /** In lower case; null: the XML has none. */
  readonly mac: string | null;
  /** The name of its device on the host; null before the guest starts, or if it has none. */
  readonly dev: string | null;
  /** Whether libvirt creates or opens `dev` for this guest, see hasTap. */
  readonly hasTap: boolean;
  /** false: it uses a tap that libvirt does not create (`<target managed='no'>`). */
  readonly managed: boolean;
  readonly alias: string | null;
  readonly bridge: string | null;
  readonly network: string | null;
  /** Whether libvirt itself sets VLANs for it (`<vlan>`, libvirt 11 and later). */
  readonly libvirtVlan: boolean;
  /** Those VLANs; null: there is no `<vlan>`. */
  readonly libvirtVlans: LibvirtVlans | null;
  /** Whether it has a filter of libvirt (`<filterref>`). */
  readonly hasFilterRef: boolean;
  /** Whether libvirt gives its device an address on the host (`<source><ip>`, only of type ethernet). */
  readonly hasHostAddress: boolean;
}

/** libvirt's own VLANs of an interface (formatdomain, "Setting VLAN tag"). */
export interface LibvirtVlans {
  readonly trunk: boolean;
  readonly tags: readonly {
    readonly id: number;
    /** How frames of the native VLAN leave the port; null: this is not the native VLAN. */
    readonly native: 'tagged' | 'untagged' | null;
  }[];
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

/**
 * An element of a list in the guest's metadata, not yet interpreted: `<port nic='0' pvid='100'/>` in the ports element,
 * `<nic mac='…' address='…'/>` in the nics element. Names from other namespaces keep their prefix, so that they are
 * unknown names.
 */
export interface MetadataPort {
  readonly element: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Why none of the elements of a list in a guest's metadata counts. */
export type MetadataProblem =
  /** The list is longer than it may be, in characters. */
  | { readonly code: 'too-long'; readonly limit: number }
  /** It holds more elements than it may. */
  | { readonly code: 'too-many'; readonly limit: number }
  /** Another element of that namespace stands in its place. */
  | { readonly code: 'unknown-element'; readonly element: string }
  /** There is a second one. */
  | { readonly code: 'twice' };
