import type { DomainInterface, LibvirtVlans } from './domain';
import { hasTap } from './has_tap';
import { numberInterfaces } from './number_interfaces';

type Attributes = ReadonlyMap<string, string>;
type Tags = { id: number; native: 'tagged' | 'untagged' | null }[];

/** What an interface is connected to, as defined or as resolved. */
interface Connection {
  type: string;
  bridge: string | null;
  network: string | null;
  vlans: { trunk: boolean; tags: Tags } | null;
}

interface Draft {
  readonly own: Connection;
  /** What libvirt has connected an interface in a network to; only status files have it. */
  actual: Connection | null;
  mac: string | null;
  dev: string | null;
  managed: boolean;
  alias: string | null;
  hasFilterRef: boolean;
  hasHostAddress: boolean;
}

/** More than there are VIDs. */
const MAX_TAGS = 4096;

/**
 * Collects the interfaces of a guest.
 *
 * For an interface in a libvirt network, status files add what it is really connected to in an element `<actual>`; in the
 * XML for hooks it replaces the definition (domain_conf.c virDomainNetDefFormat).
 */
export class InterfaceReader {
  private readonly drafts: Draft[] = [];

  /** The next interface begins. */
  open(at: Attributes): void {
    const own = connection(at.get('type'));
    this.drafts.push({
      own,
      actual: null,
      mac: null,
      dev: null,
      managed: true,
      alias: null,
      hasFilterRef: false,
      hasHostAddress: false,
    });
  }

  /**
   * An element in the last interface begins.
   *
   * @param path the names of the open elements; the last one is this element
   * @param below how many of them are outside of the interface's content
   */
  openPart(path: readonly string[], below: number, at: Attributes): void {
    const draft = this.drafts.at(-1);
    if (draft === undefined) return;
    if (path[below] === 'actual') {
      if (path.length === below + 1) draft.actual ??= connection(at.get('type'));
      else if (draft.actual !== null) readConnection(draft.actual, path, below + 1, at);
      return;
    }
    if (path.length === below + 1) readDevice(draft, path[below] ?? '', at);
    if (path.length === below + 2 && path[below] === 'source' && path.at(-1) === 'ip')
      draft.hasHostAddress = true;
    readConnection(draft.own, path, below, at);
  }

  /** All interfaces, in document order. */
  interfaces(): DomainInterface[] {
    const types = this.drafts.map(({ own, actual }) => actual?.type || own.type);
    const numbers = numberInterfaces(
      this.drafts.map(({ alias }, place) => ({ alias, type: types[place] ?? '' })),
    );
    return this.drafts.map((draft, place): DomainInterface => {
      const { own, actual, mac, dev, managed, alias, hasFilterRef, hasHostAddress } = draft;
      const type = types[place] ?? '';
      const libvirtVlans: LibvirtVlans | null = actual?.vlans ?? own.vlans;
      return {
        place,
        nic: numbers[place] ?? null,
        type,
        mac,
        dev,
        hasTap: hasTap(type),
        managed,
        alias,
        bridge: actual?.bridge ?? own.bridge,
        network: own.network,
        libvirtVlan: libvirtVlans !== null,
        libvirtVlans,
        hasFilterRef,
        hasHostAddress,
      };
    });
  }
}

function connection(type = ''): Connection {
  return { type, bridge: null, network: null, vlans: null };
}

function readDevice(draft: Draft, element: string, at: Attributes): void {
  if (element === 'mac') draft.mac ??= at.get('address')?.toLowerCase() ?? null;
  if (element === 'alias') draft.alias ??= at.get('name') ?? null;
  if (element === 'filterref') draft.hasFilterRef = true;
  if (element === 'target') {
    draft.dev ??= at.get('dev') ?? null;
    draft.managed &&= at.get('managed') !== 'no';
  }
}

function readConnection(of: Connection, path: readonly string[], below: number, at: Attributes): void {
  const element = path[below];
  const depth = path.length - below;
  if (element === 'source' && depth === 1) {
    of.bridge ??= at.get('bridge') ?? null;
    of.network ??= at.get('network') ?? null;
  }
  if (element !== 'vlan') return;
  if (depth === 1) of.vlans ??= { trunk: at.get('trunk') === 'yes', tags: [] };
  else if (depth === 2 && path.at(-1) === 'tag' && of.vlans !== null) readTag(of.vlans.tags, at);
}

function readTag(tags: Tags, at: Attributes): void {
  const id = at.get('id') ?? '';
  const native = at.get('nativeMode');
  if (tags.length < MAX_TAGS && /^\d{1,4}$/.test(id))
    tags.push({ id: Number(id), native: native === 'tagged' || native === 'untagged' ? native : null });
}
