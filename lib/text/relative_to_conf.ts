/**
 * A text with paths in the conf folder as names relative to it: `vlan_filtering.conf:12`. Commands stay as they are: they
 * are run in any folder.
 */
export function relativeToConf(text: string, confFolder: string): string {
  const folder = `${confFolder.replace(/\/$/, '')}/`;
  return text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? part : part.replaceAll(folder, '')))
    .join('');
}
