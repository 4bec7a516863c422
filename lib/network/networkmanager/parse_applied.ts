/**
 * Whether the connection that NetworkManager works by filters VLANs, from the data of GetAppliedConnection() as
 * `busctl --json=short` prints it: settings by name, each of them values by key. A value that is the default may be left
 * out. null: that is no bridge's connection.
 */
export function parseAppliedFiltering(data: unknown): boolean | null {
  const settings: unknown = Array.isArray(data) ? data[0] : null;
  const bridge = member(settings, 'bridge');
  if (bridge === undefined) return null;
  return member(member(bridge, 'vlan-filtering'), 'data') === true;
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}
