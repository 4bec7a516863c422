import type { ChangeCommand } from '../../model/network/network_change';

/** Reads all files again. Interfaces whose file is the same as before are left alone. */
export const RELOAD: ChangeCommand = { command: 'networkctl', args: ['reload'] };

/** Removes interfaces that may be gone already. */
export function removeLinks(names: readonly string[]): ChangeCommand[] {
  return names.map((name) => ({ command: 'ip', args: ['link', 'del', name], mayFail: true }));
}
