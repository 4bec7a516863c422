import { join } from 'node:path';

/** Survives a reboot: a change that is waiting must be rolled back after one. */
export const STATE_FOLDER = '/var/lib/kvmvlan';

/** The change that waits to be confirmed, at most one. */
export const PENDING_FILE = `${STATE_FOLDER}/pending.json`;

/** The last change that was rolled back, until another one is confirmed. */
export const REJECTED_FILE = `${STATE_FOLDER}/rejected.json`;

/** What `kvmvlan bridge create` has made, for its removal. */
export function bridgeRecordFile(bridge: string): string {
  return `${STATE_FOLDER}/bridges/${bridge}.json`;
}

/** What pam_motd(8) shows at the next login. */
export const MOTD_FILE = '/run/motd.d/kvmvlan';

/** A new one at each boot. Source: random(4). */
export const BOOT_ID_FILE = '/proc/sys/kernel/random/boot_id';

const SYSTEM_ROOT = '/etc/libvirt/hooks';

/** Where a conf file of a hooks root is kept as it last took effect. Each other root keeps its own. */
export function appliedFile(root: string, name: string): string {
  const folder = root === SYSTEM_ROOT ? join(STATE_FOLDER, 'applied') : join(root, 'applied');
  return join(folder, `${name}.conf`);
}
