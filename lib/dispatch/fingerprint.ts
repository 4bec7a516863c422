/**
 * A fingerprint of bytes: their length and 64 bits based on FNV-1a, over words of four bytes. It detects edits and
 * distinguishes names. It need not resist attacks: only root can write the files. Loading node's crypto would take a
 * tenth of node's own start-up.
 */
export function fingerprint(bytes: Buffer): string {
  let low = 0x811c9dc5;
  let high = 0xcbf29ce4;
  const words = bytes.length - (bytes.length % 4);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < words; at += 4) {
    const word = view.getInt32(at, true);
    low = Math.imul(low ^ word, 0x01000193);
    // Multiplication never moves high bits down, so the rotation does.
    high = Math.imul(((high << 13) | (high >>> 19)) ^ word, 0x85ebca6b);
  }
  for (let at = words; at < bytes.length; at++) {
    low = Math.imul(low ^ (bytes[at] ?? 0), 0x01000193);
    high = Math.imul(((high << 13) | (high >>> 19)) ^ (bytes[at] ?? 0), 0x85ebca6b);
  }
  return `${bytes.length}-${(low >>> 0).toString(16)}-${(high >>> 0).toString(16)}`;
}
