import type { DomainInterface } from '../../../../lib/model/guest/domain';

/** An interface of type bridge, with what the test needs. */
export function anInterface(more: Partial<DomainInterface> = {}): DomainInterface {
  return {
    place: 0,
    nic: more.place ?? 0,
    type: 'bridge',
    mac: null,
    dev: null,
    hasTap: true,
    managed: true,
    alias: null,
    bridge: null,
    network: null,
    libvirtVlan: false,
    libvirtVlans: null,
    hasFilterRef: false,
    hasHostAddress: false,
    ...more,
  };
}
