import type { Switch, SwitchPort } from '../../plan/switch/switch';

/** Whether frames can pass between two ports of a bridge. */
export function shareVlan({ bridge }: Switch, one: SwitchPort, other: SwitchPort): boolean {
  return !bridge.filtering || [...one.vlans.vlans.keys()].some((vid) => other.vlans.vlans.has(vid));
}
