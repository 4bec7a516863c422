import type { ChangeCommand } from '../../model/network/network_change';

/** Seconds that nmcli waits for an activation: DHCP gives up after 45. */
const WAIT = 60;

function nmcli(args: readonly string[], more: Partial<ChangeCommand> = {}): ChangeCommand {
  return { command: 'nmcli', args, timeoutMs: (WAIT + 15) * 1000, ...more };
}

/** NetworkManager reads these files again, also those that do not exist any more, and no others. */
export function load(files: readonly string[]): ChangeCommand {
  return nmcli(['connection', 'load', ...files]);
}

/** @param device of a profile that several interfaces can use; nmcli does not take one that NetworkManager has to create */
export function up(uuid: string, device: string | null = null): ChangeCommand {
  const on = device === null ? [] : ['ifname', device];
  return nmcli(['--wait', String(WAIT), 'connection', 'up', 'uuid', uuid, ...on]);
}

/** Fails if the profile is not active. */
export function down(uuid: string): ChangeCommand {
  return nmcli(['--wait', String(WAIT), 'connection', 'down', 'uuid', uuid], { mayFail: true });
}

/** NetworkManager removes the bridge with its profile; if it has not, this does. */
export function removeLink(name: string): ChangeCommand {
  return { command: 'ip', args: ['link', 'delete', 'dev', name], mayFail: true };
}

/** The same command of an undo: what counts is the state afterwards, and the next commands have to run too. */
export function tolerant(command: ChangeCommand): ChangeCommand {
  return { ...command, mayFail: true };
}
