/**
 * Maximum length of a failure in a line of logs/dispatch.log. libvirt shows the same text to the user who started the
 * guest.
 */
const MAX_BYTES = 4096;

/** Shortens a reason to 4 KiB: a guest's own metadata must not fill the logs. */
export function cutReason(reason: string): string {
  const bytes = Buffer.from(reason);
  if (bytes.length <= MAX_BYTES) return reason;
  const mark = ` … (cut, ${bytes.length} bytes)`;
  const kept = bytes.toString('utf8', 0, MAX_BYTES - Buffer.byteLength(mark));
  // The cut can split a character.
  return `${kept.replace(/\ufffd+$/, '')}${mark}`;
}
