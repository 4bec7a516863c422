import type { SwitchView } from './switch';

/** What of a view is about a bridge or a guest of that name; null: nothing is. Problems are shown all. */
export function selectSwitches<T extends SwitchView>(view: T, name: string): T | null {
  const switches = view.switches.flatMap((one) => {
    if (one.bridge.name === name) return [one];
    const ports = one.ports.filter((port) => port.guest === name);
    return ports.length === 0 ? [] : [{ ...one, ports }];
  });
  const isBridge = switches.some(({ bridge }) => bridge.name === name);
  const missing = view.missing.filter(({ guest }) => guest === name);
  if (switches.length === 0 && missing.length === 0) return null;
  return { ...view, switches, missing, hasUnmet: view.hasUnmet && isBridge };
}
