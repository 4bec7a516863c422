import { parseBatchShow, SHOW } from '../model/host/parse_batch_show';
import type { Exec } from '../model/io';
import { readHost } from '../system/iproute2/read_host';
import type { Plan } from '../plan/plan_host';
import { leaveSteps } from '../plan/plan_joins';
import { unitKey, type Step } from '../plan/step';
import type { Host } from '../model/host/host';
import { describeFlags } from '../model/vlan/port_flags';
import { describePortVlans } from '../model/vlan/port_vlans';
import { applySteps, type Failure } from './apply_steps';

/** The result of a plan. */
export interface Brought {
  /** The first plan, made from what was found. */
  readonly plan: Plan;
  /** All steps that were run, in order. */
  readonly ran: readonly Step[];
  /** At most one for each unit. None: the kernel reports the planned state. */
  readonly failures: readonly Failure[];
  /** What the kernel reported afterwards. */
  readonly after: Host;
}

/** How often a plan is made again if the kernel differs from it, because another program changes the host. */
const TRIES = 3;

/**
 * Carries out a plan and reads the host again. What still differs is planned and tried again: only the kernel's report
 * counts. If there is nothing to do, no command is run. The caller holds the lock.
 *
 * @param planOf makes the plan for what the kernel reports; called again after each try
 */
export async function bring(exec: Exec, host: Host, planOf: (host: Host) => Plan): Promise<Brought> {
  const plan = planOf(host);
  const ran: Step[] = [];
  const failures = new Map<string, Failure>();
  let after = host;
  let next = plan;
  const joined = new Set<string>();
  for (let tries = 0; ;) {
    const open = next.steps.filter(({ unit }) => !failures.has(unitKey(unit)));
    if (open.length === 0) break;
    if (tries === TRIES) {
      for (const step of open) fail(failures, { unit: step.unit, step, why: whatItIs(step, after) });
      break;
    }
    for (const { dev } of next.joins) joined.add(dev);
    const applied = await applySteps(exec, open, { show: SHOW });
    ran.push(...applied.ran);
    for (const failure of applied.failures) fail(failures, failure);
    if (applied.failures.length === 0) tries++;
    try {
      after = await readAgain(exec, after, applied.ran, applied.shown);
    } catch (error) {
      const why = `cannot read it again: ${error instanceof Error ? error.message : String(error)}`;
      for (const step of open) fail(failures, { unit: step.unit, step, why });
      break;
    }
    for (const step of applied.ran) {
      const why = whyNotTheSame(step, host, after);
      if (why !== null) fail(failures, { unit: step.unit, step, why });
    }
    next = planOf(after);
  }
  const astray = [...joined].filter(
    (dev) =>
      failures.has(unitKey({ kind: 'port', name: dev })) &&
      host.links.get(dev)?.index === after.links.get(dev)?.index,
  );
  if (astray.length > 0) ran.push(...(await applySteps(exec, astray.flatMap(leaveSteps))).ran);
  return { plan, ran, failures: [...failures.values()], after };
}

function fail(failures: Map<string, Failure>, failure: Failure): void {
  const key = unitKey(failure.unit);
  if (!failures.has(key)) failures.set(key, failure);
}

/** The last batch itself shows VLANs, bridges and ifindexes of ports. Everything else takes two processes. */
async function readAgain(exec: Exec, host: Host, ran: readonly Step[], shown: string | null): Promise<Host> {
  const isShown = ran.every(({ purpose: { kind } }) => kind === 'add-vlans' || kind === 'delete-vlans');
  return shown !== null && isShown ? parseBatchShow(shown, host) : readHost(exec);
}

/**
 * Why a name no longer means the same port: it is gone, or another interface has the name. null: it does.
 */
function whyNotTheSame({ dev }: Step, before: Host, after: Host): string | null {
  if (before.ports.has(dev) && !after.ports.has(dev)) return 'it is no longer a port of a bridge';
  const [then, now] = [before.links.get(dev), after.links.get(dev)];
  return then === undefined || now === undefined || then.index === now.index
    ? null
    : 'another interface now has its name and may have got these VLANs; run `vlan_filtering --all`';
}

function whatItIs({ dev }: Step, host: Host): string {
  const port = host.ports.get(dev) ?? host.bridges.get(dev);
  const flags = 'flags' in (port ?? {}) ? describeFlags(host.ports.get(dev)?.flags ?? {}) : '';
  const is = port === undefined ? 'no such port' : describePortVlans(port.vlans);
  return `no command failed, but the kernel reports ${is}${flags === '' ? '' : `; ${flags}`}: another program changes it`;
}
