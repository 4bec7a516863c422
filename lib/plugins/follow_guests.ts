import { announce } from '../apply/routes/announce';
import { guestsInTransit, unmarkInTransit } from '../apply/routes/run_files';
import type { Domain } from '../model/guest/domain';
import { presenceOf } from '../model/guest/presence';
import type { FolderWatch, HostIo } from '../model/io';
import { describeKnown, KnownError } from '../model/known_error';
import type { NetLink } from '../model/network/host_network';
import type { Announcement } from '../plan/routes/route_step';
import { readRunningGuests, STATUS_FOLDER } from '../system/libvirt/read_guests';
import { holdLog } from './hold_log';
import type { PluginOutcome } from './plugin';

/** One look at all guests: its outcome, what is new on uplinks, and the interfaces. */
export interface Look {
  readonly outcome: PluginOutcome;
  readonly announcements: readonly Announcement[];
  readonly links: ReadonlyMap<string, NetLink>;
}

/** After the first one, in milliseconds: an answer of the former host may come after the first. */
const AGAIN_MS = [1_000, 3_000, 10_000];
/** How long routers prefer the new host after an arrival, with `arriving-metric`. */
const ARRIVING_MS = 30_000;
/** How long a guest that was announced by `migrate begin` may take until libvirt writes its status file. */
const EXPECTED_MS = 600_000;
/** Without a change of where guests are, there is another look after this time: conf may have changed. */
const IDLE_MS = 5_000;
/** Where the folder cannot be watched. */
const POLL_MS = 250;

/**
 * Stays while guests move to or from this host, and looks at all of them as soon as one changes. The folder is watched
 * before the first look, so no change is missed. In the end the marks are removed; a mark that is left would start this
 * again at once.
 */
export async function followGuests(io: HostIo, look: (io: HostIo) => Promise<Look>): Promise<PluginOutcome> {
  const watch = watchGuests(io);
  const seen = new Map<string, number>();
  let later: { readonly at: number; readonly announcement: Announcement }[] = [];
  let latest: { readonly at: number; readonly places: string; readonly look: Look } | null = null;
  try {
    for (;;) {
      // A migration changes the status file dozens of times, and only few of these changes are about where the guest is.
      const places = placesOf(io);
      if (latest === null || latest.places !== places || io.now() - latest.at >= IDLE_MS) {
        const at = io.now();
        const now = await lookQuietly(look, latest?.look ?? null, io);
        later.push(
          ...now.announcements.flatMap((announcement) =>
            AGAIN_MS.map((ms) => ({ at: at + ms, announcement })),
          ),
        );
        latest = { at, places, look: now };
      }
      const due = later.filter(({ at }) => at <= io.now());
      later = later.filter((one) => !due.includes(one));
      if (due.length > 0)
        await announce(
          io,
          due.map(({ announcement }) => announcement),
          latest.look.links,
        );
      if (!areMoving(seen, io) && later.length === 0) {
        // A guest that stopped moving during the look is not where the look found it, and systemd did not watch meanwhile.
        if (placesOf(io) === latest.places) return latest.look.outcome;
        continue;
      }
      const next = Math.min(IDLE_MS, ...later.map(({ at }) => Math.max(0, at - io.now())));
      await watch.changed(next);
    }
  } finally {
    watch.close();
  }
}

/**
 * If the folder cannot be watched, as with too many inotify instances, the guests are read every now and then: to end
 * would mean that systemd starts this again at once, while a guest moves.
 */
function watchGuests(io: HostIo): FolderWatch {
  try {
    return io.watch(STATUS_FOLDER);
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    io.log.warning(`${describeKnown(error)} Guests are read every ${POLL_MS} ms instead.`);
    return { changed: async (ms) => void (await io.sleep(Math.min(ms, POLL_MS))), close: () => undefined };
  }
}

/** A look whose lines are logged only if they say something new: the journal must not fill while a guest is copied. */
async function lookQuietly(
  look: (io: HostIo) => Promise<Look>,
  before: Look | null,
  io: HostIo,
): Promise<Look> {
  if (before === null) return look(io);
  const held = holdLog(io.log);
  const now = await look({ ...io, log: held.log });
  if (newsOf(now) !== newsOf(before)) held.release();
  return now;
}

/** What a look found wrong and did, without its duration. */
function newsOf({ outcome: { status, report } }: Look): string {
  return JSON.stringify([status, { ...(report as object), ms: 0 }]);
}

/** Where each guest is, and which interfaces it has. */
function placesOf(io: HostIo): string {
  return JSON.stringify(
    readRunningGuests(io).domains.map(({ uuid, status, interfaces }) => [
      uuid,
      presenceOf(status),
      interfaces.map(({ dev, mac, type }) => [dev, mac, type]),
    ]),
  );
}

/**
 * Whether a guest moves, or has just come. Removes the marks of those that do not.
 *
 * @param seen when each marked guest was first seen in its current place: `<uuid> <here or not>`
 */
function areMoving(seen: Map<string, number>, io: HostIo): boolean {
  const { domains } = readRunningGuests(io);
  const now = io.now();
  const since = (key: string): number => {
    const first = seen.get(key) ?? now;
    seen.set(key, first);
    return now - first;
  };
  const marked = guestsInTransit(io).filter((uuid) => {
    const domain = domains.find((one) => one.uuid === uuid);
    const isStaying =
      domain === undefined
        ? since(`${uuid} expected`) < EXPECTED_MS
        : isMoving(domain) || since(`${uuid} here`) < ARRIVING_MS;
    if (!isStaying) unmarkInTransit(uuid, io);
    return isStaying;
  });
  return marked.length > 0 || domains.some(isMoving);
}

function isMoving({ status }: Domain): boolean {
  if (status === null) return false;
  const presence = presenceOf(status);
  return presence === 'arriving' || presence === 'left' || status.job?.startsWith('migration') === true;
}
