import type { ChangeCommand } from '../../model/network/network_change';
import type { BridgeRequest } from '../backend';
import type { Rendering } from './detect';

/** netplan writes the files of the renderer, and nothing else. `netplan apply` would restart NetworkManager. */
export const GENERATE: ChangeCommand = { command: 'netplan', args: ['generate'] };

interface Commands {
  readonly start: readonly ChangeCommand[];
  readonly undo: readonly ChangeCommand[];
}

/** @param portId the definition of the port */
export function commandsOf(rendering: Rendering, request: BridgeRequest, portId: string): Commands {
  const { bridge, port, vlans } = request;
  // A VLAN interface cannot change its parent.
  const deletions = vlans.map(({ name }) => deletion(name));
  if (rendering.renderer === 'networkd') {
    const reload: ChangeCommand = { command: 'networkctl', args: ['reload'] };
    // If the start got no further than to remove the VLAN interfaces, a reload has no reason to create them again.
    const again: ChangeCommand = { command: 'networkctl', args: ['reconfigure', port.name] };
    return {
      start: [GENERATE, ...deletions, reload],
      undo: [GENERATE, deletion(bridge), reload, ...(vlans.length > 0 ? [again] : [])],
    };
  }
  const reload: ChangeCommand = { command: 'nmcli', args: ['connection', 'reload'] };
  const ups = vlans.map(({ name }) => up(['id', `netplan-${name}`]));
  return {
    // NetworkManager makes a deleted VLAN interface again by itself, so it must already know the new parent.
    start: [GENERATE, reload, up(['id', `netplan-${portId}`, 'ifname', port.name]), ...deletions, ...ups],
    undo: [
      GENERATE,
      reload,
      deletion(bridge),
      up(['uuid', rendering.uuid ?? '', 'ifname', port.name]),
      ...ups,
    ],
  };
}

/** There may be nothing to delete. */
function deletion(name: string): ChangeCommand {
  return { command: 'ip', args: ['link', 'delete', 'dev', name], mayFail: true };
}

function up(profile: readonly string[]): ChangeCommand {
  return { command: 'nmcli', args: ['--wait', '30', 'connection', 'up', ...profile], mayFail: true };
}
