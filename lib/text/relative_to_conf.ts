/**
 * Shortens the paths in a text that are in the conf folder: `vlan_filtering.conf:12`. Commands keep their full paths,
 * because users run them in any folder.
 */
export function relativeToConf(text: string, confFolder: string): string {
  const folder = `${confFolder.replace(/\/$/, '')}/`;
  return text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? part : part.replaceAll(folder, '')))
    .join('');
}
