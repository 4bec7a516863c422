/** The state of an interface that systemd-networkd keeps in /run/systemd/netif/links. */
export interface LinkState {
  readonly isManaged: boolean;
  /** The .network file in effect; null: none. */
  readonly networkFile: string | null;
  /** Only systemd 257 and later write it. */
  readonly netdevFile: string | null;
}

/** Reads the file that sd_network_link_get_network_file() reads (sd-network.c). */
export function parseLinkState(text: string): LinkState {
  const value = (key: string): string | null => {
    const found = new RegExp(`^${key}=(.*)$`, 'm').exec(text)?.[1]?.replace(/^"(.*)"$/, '$1');
    return found === undefined || found === '' ? null : found;
  };
  const admin = value('ADMIN_STATE');
  return {
    isManaged: admin !== null && admin !== 'unmanaged' && admin !== 'linger',
    networkFile: value('NETWORK_FILE'),
    netdevFile: value('NETDEV_FILE'),
  };
}
