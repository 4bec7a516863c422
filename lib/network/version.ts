/** Whether a version such as `1.42.4` is a given one or later. */
export function isAtLeast(version: string, wanted: string): boolean {
  const [is, least] = [version, wanted].map((text) => text.split('.').map((part) => parseInt(part, 10) || 0));
  for (let i = 0; i < Math.max(is?.length ?? 0, least?.length ?? 0); i++) {
    const difference = (is?.[i] ?? 0) - (least?.[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
