import { selectRouted } from '../routes/routed_view';
import type { SwitchView } from './switch';

/** The part of a view about the bridge, guest or uplink of that name; null: there is none. All problems are kept. */
export function selectSwitches<T extends SwitchView>(view: T, name: string): T | null {
  const switches = view.switches.flatMap((one) => {
    if (one.bridge.name === name) return [one];
    const ports = one.ports.filter((port) => port.guest === name);
    return ports.length === 0 ? [] : [{ ...one, ports }];
  });
  const isMeant = ({ bridge, guest }: { bridge: string | null; guest: string | null }): boolean =>
    bridge === name || guest === name;
  const missing = view.missing.filter(isMeant);
  const unmet = view.unmet.filter(isMeant);
  const routed = view.routed === null ? null : selectRouted(view.routed, name);
  const found = switches.length + missing.length + unmet.length + (routed?.interfaces.length ?? 0);
  return found === 0 ? null : { ...view, switches, missing, unmet, routed, of: name };
}
