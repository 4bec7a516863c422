/** How libvirt's status file describes a guest: `<domstatus state reason>` and its `<job async phase>`. */
export interface GuestStatus {
  readonly state: string;
  readonly reason: string;
  /** The long job in progress: `start`, `migration in`, `migration out`, `save`; null: none. */
  readonly job: string | null;
  /** The phase of a migration: `perform3`, `confirm3_cancelled`; null: none. */
  readonly phase: string | null;
}

/**
 * Where a guest runs, as seen from this host. `here`: it runs here, or here and nowhere else when it runs again.
 * `arriving`: it still runs on another host. `left`: it has stopped here for good, and may run on another host. `absent`:
 * this host does not have it.
 */
export type Presence = 'here' | 'arriving' | 'left' | 'absent';

const ARRIVING = ['starting up', 'migration'];
const LEFT = ['migration', 'post-copy', 'post-copy failed'];
/** In these phases the destination may run the guest, or has its memory. */
const HANDED_OVER = ['perform3_done', 'confirm3'];

/**
 * Says whether this host owns what only the host that runs a guest may have, such as the guest's addresses. Of two hosts
 * between which a guest moves, never both do: the source has to stop the guest before the destination can run it. Source:
 * qemu_migration.c and qemu_process.c of libvirt 9.0 and 11.3, and recorded migrations.
 *
 * @param status null: there is no status file
 */
export function presenceOf(status: GuestStatus | null): Presence {
  if (status === null) return 'absent';
  const { state, reason, job, phase } = status;
  if (state !== 'paused') return 'here';
  if (job === 'migration in') return ARRIVING.includes(reason) ? 'arriving' : 'here';
  if (job !== 'migration out') return 'here';
  if (phase === 'confirm3_cancelled') return 'here';
  return LEFT.includes(reason) || HANDED_OVER.includes(phase ?? '') ? 'left' : 'here';
}
