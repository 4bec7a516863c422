import { BRIDGE } from './cards';

/** The commands as people type them. `seconds`: until they are undone unless confirmed. */
export const create = (port: string, seconds: number): string =>
  `kvmvlan bridge create ${BRIDGE} --port ${port} --yes --confirm ${seconds}`;
export const CONFIRM = 'kvmvlan confirm';
export const UNDO = 'kvmvlan undo';
export const remove = (seconds: number): string =>
  `kvmvlan bridge remove ${BRIDGE} --yes --confirm ${seconds}`;

/** Long enough that no test waits for it. */
export const LONG = 3600;

/** Prints the timers that would undo a change. */
export const UNDO_TIMERS = `systemctl list-units --no-legend --plain 'kvmvlan-undo-*.timer' | cut -d ' ' -f 1`;
