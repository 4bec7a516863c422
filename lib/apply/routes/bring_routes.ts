import { equalIp, formatIp } from '../../model/address/ip_address';
import type { Exec } from '../../model/io';
import type { Routing } from '../../model/routes/routing';
import type { Announcement, RouteStep, RoutesPlan } from '../../plan/routes/route_step';
import { runRouteSteps, type RouteFailure } from './run_steps';

/** The result of a plan for routed interfaces. */
export interface BroughtRoutes {
  /** The first plan, made from what was found. */
  readonly plan: RoutesPlan;
  /** All steps that were run, in order. */
  readonly ran: readonly RouteStep[];
  /** At most one for each tap. None: the kernel reports the planned state. */
  readonly failures: readonly RouteFailure[];
  /** What was announced. */
  readonly announcements: readonly Announcement[];
}

/** How often a plan is made again if the kernel differs from it, because another program changes the host. */
const TRIES = 3;

/** What a plan is carried out with. */
export interface BringOptions {
  /** Makes the plan for what the kernel reports. */
  readonly planOf: (routing: Routing) => RoutesPlan;
  readonly read: () => Promise<Routing>;
  /** Waits until no other host answers for what is about to be claimed. */
  readonly released: ((announcements: readonly Announcement[]) => Promise<void>) | null;
  /**
   * Announces what has been claimed: not after the kernel is read again, because until then packets go to the host where
   * the guest was.
   */
  readonly announceNow: (announcements: readonly Announcement[]) => Promise<void>;
}

/**
 * Carries out a plan and reads the kernel again. What still differs is planned and tried again: only the kernel's report
 * counts. If there is nothing to do, no command is run. The caller holds the lock.
 */
export async function bringRoutes(
  exec: Exec,
  routing: Routing,
  { planOf, read, released, announceNow }: BringOptions,
): Promise<BroughtRoutes> {
  const plan = planOf(routing);
  const ran: RouteStep[] = [];
  const failures = new Map<string | null, RouteFailure>();
  const announcements: Announcement[] = [];
  let next = plan;
  for (let tries = 0; ; tries++) {
    const open = next.steps.filter(({ dev, purpose }) => !failures.has(dev) || purpose === 'withdraw');
    if (open.length === 0) break;
    if (tries === TRIES) {
      const why = 'no command failed, but the kernel reports something else: another program changes it';
      for (const step of open) if (!failures.has(step.dev)) failures.set(step.dev, { step, why });
      break;
    }
    const failed =
      released === null || next.announcements.length === 0
        ? await runRouteSteps(exec, open, ran)
        : await runAround(exec, open, ran, () => released(next.announcements));
    const claimed = next.announcements.filter((one) => isClaimed(one, open, failed));
    announcements.push(...claimed);
    if (claimed.length > 0) await announceNow(claimed);
    for (const failure of failed)
      if (!failures.has(failure.step.dev)) failures.set(failure.step.dev, failure);
    next = planOf(await read());
  }
  // A command of a step may have failed because what it should remove was gone by then.
  const stillOpen = new Set(next.steps.map(({ dev }) => dev));
  return {
    plan,
    ran,
    failures: [...failures.values()].filter(({ step }) => stillOpen.has(step.dev)),
    announcements: announcements.filter(
      ({ address, uplink }, place) =>
        announcements.findIndex((one) => one.uplink === uplink && equalIp(one.address, address)) === place,
    ),
  };
}

/**
 * Runs what claims nothing, waits, and then claims. If two guests change places, both hosts let go of one before they wait
 * for the other.
 */
async function runAround(
  exec: Exec,
  steps: readonly RouteStep[],
  ran: RouteStep[],
  wait: () => Promise<void>,
): Promise<RouteFailure[]> {
  const isClaim = ({ purpose }: RouteStep): boolean => purpose === 'claim';
  const failed = await runRouteSteps(
    exec,
    steps.filter((step) => !isClaim(step)),
    ran,
  );
  await wait();
  const claims = steps.filter(
    (step) => isClaim(step) && !failed.some((failure) => failure.step.dev === step.dev),
  );
  return [...failed, ...(await runRouteSteps(exec, claims, ran))];
}

/** Whether the step that makes the host answer for an address has been run, and no step of its tap has failed. */
function isClaimed(
  { address }: Announcement,
  steps: readonly RouteStep[],
  failed: readonly RouteFailure[],
): boolean {
  const step = steps.find(({ object, subject, purpose }) => {
    return purpose === 'claim' && object === 'proxy' && subject === formatIp(address);
  });
  return step !== undefined && !failed.some((failure) => failure.step.dev === step.dev);
}
