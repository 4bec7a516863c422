/** As much as one line of logs/dispatch.log holds about one failure, and libvirt repeats to whoever started the guest. */
const MAX_BYTES = 4096;

/** A reason, shortened to 4 KiB: a guest's own metadata must not fill the logs. */
export function cutReason(reason: string): string {
  const bytes = Buffer.from(reason);
  if (bytes.length <= MAX_BYTES) return reason;
  const mark = ` … (cut, ${bytes.length} bytes)`;
  const kept = bytes.toString('utf8', 0, MAX_BYTES - Buffer.byteLength(mark));
  // A character that was cut in two.
  return `${kept.replace(/\ufffd+$/, '')}${mark}`;
}
