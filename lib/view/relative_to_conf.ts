/** A text with paths in the conf folder as names relative to it: `vlan_filtering.conf:12`. */
export function relativeToConf(text: string, confFolder: string): string {
  return text.replaceAll(`${confFolder.replace(/\/$/, '')}/`, '');
}
