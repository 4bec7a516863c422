/** The six bytes of a MAC address, `52:54:00:00:00:05`; null: it is none. */
export function parseMac(text: string): number[] | null {
  if (!/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(text)) return null;
  return text.split(':').map((byte) => parseInt(byte, 16));
}

/** As `ip` and nft print it. */
export function formatMac(mac: ArrayLike<number>): string {
  return Array.from(mac, (byte) => byte.toString(16).padStart(2, '0')).join(':');
}
