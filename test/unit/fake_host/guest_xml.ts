/** A guest's interface: its type, its tap's name, and the bridge that its XML names. Without a `dev` it names no tap. */
export interface Nic {
  readonly type: string;
  readonly dev?: string;
  readonly bridge?: string;
}

/** Interfaces whose taps libvirt puts into a bridge. */
export function nicsIn(bridge: string, ...taps: readonly string[]): Nic[] {
  return taps.map((dev) => ({ type: 'bridge', dev, bridge }));
}

/** The XML of a guest, as a hook gets it. Guests with different numbers have different MAC addresses. */
export function guestXml(name: string, nics: readonly Nic[], number = 0): string {
  const devices = nics.map(
    ({ type, dev, bridge }, nic) =>
      `<interface type='${type}'><mac address='52:54:00:00:${hex(number)}:${hex(nic)}'/>` +
      (bridge === undefined ? '' : `<source bridge='${bridge}'/>`) +
      (dev === undefined ? '' : `<target dev='${dev}'/>`) +
      `<alias name='net${nic}'/></interface>`,
  );
  const text = name.replaceAll('&', '&amp;');
  return `<domain type='kvm'><name>${text}</name><devices>${devices.join('')}</devices></domain>`;
}

/** The XML of a running guest, as libvirt keeps it. */
export function statusXml(domain: string, state = 'running'): string {
  return `<domstatus state='${state}'>${domain}</domstatus>`;
}

function hex(number: number): string {
  return number.toString(16).padStart(2, '0');
}
