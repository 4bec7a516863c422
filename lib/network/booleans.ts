/** Parses a boolean of systemd, NetworkManager or ifupdown2; null: not a boolean. */
export function parseBoolean(text: string): boolean | null {
  const word = text.trim().toLowerCase();
  if (['1', 'yes', 'y', 'true', 't', 'on'].includes(word)) return true;
  if (['0', 'no', 'n', 'false', 'f', 'off'].includes(word)) return false;
  return null;
}
