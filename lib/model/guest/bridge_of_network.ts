import { scanXml, type XmlHandler, type XmlTag } from './scan_xml';
import { NONE, only, type Wanted } from './wanted';
import { XmlError } from './xml_error';

/** The bridge of a libvirt network. */
export interface NetworkBridge {
  readonly name: string;
  /** `libvirt`: it turns filtering on, learning and flooding off, and writes the forwarding table itself (formatnetwork). */
  readonly macTableManager: 'kernel' | 'libvirt';
}

/** The bridge of a libvirt network, from its XML or its status file (`<networkstatus>`); null: none, or not readable. */
export function bridgeOfNetwork(xml: string): NetworkBridge | null {
  const reader = new NetworkReader();
  try {
    scanXml(xml, reader);
  } catch (error) {
    if (error instanceof XmlError) return null;
    throw error;
  }
  return reader.bridge;
}

const IN_STATUS = only('network');
const IN_NETWORK = only('bridge', 'metadata');

class NetworkReader implements XmlHandler {
  bridge: NetworkBridge | null = null;
  private readonly path: string[] = [];

  isMetadata(name: string): boolean {
    return name === 'metadata' && this.isNetwork();
  }

  open({ name, attributes }: XmlTag): Wanted {
    const bridge = attributes.get('name');
    if (name === 'bridge' && bridge !== undefined && this.isNetwork())
      this.bridge ??= {
        name: bridge,
        macTableManager: attributes.get('macTableManager') === 'libvirt' ? 'libvirt' : 'kernel',
      };
    this.path.push(name);
    return this.isNetwork() ? IN_NETWORK : name === 'networkstatus' ? IN_STATUS : NONE;
  }

  close(): void {
    this.path.pop();
  }

  text(): void {
    // Only attributes matter.
  }

  /** Whether the innermost open element is the network. */
  private isNetwork(): boolean {
    const path = this.path.join('/');
    return path === 'network' || path === 'networkstatus/network';
  }
}
