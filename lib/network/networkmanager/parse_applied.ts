/**
 * Whether the connection that NetworkManager has applied turns VLAN filtering on. The data is that of
 * GetAppliedConnection() as `busctl --json=short` prints it: settings by name, in each setting values by key. Default
 * values can be missing. null: it is not the connection of a bridge.
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
