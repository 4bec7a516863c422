/** Most names and lists of VLANs are shorter. */
const SHOWN = 200;

/** Shortens a text from conf or XML for a message, and puts it on one line. */
export function cutText(text: string, length = SHOWN): string {
  // Cut before replacing: the text can be megabytes long.
  const start = text.slice(0, length + 1).replace(/\s*[\n\r\u2028\u2029]\s*/g, ' ');
  if (text.length <= length) return start;
  // Do not split a surrogate pair.
  return `${start.slice(0, length).replace(/[\ud800-\udbff]$/, '')}…`;
}
