import { join } from 'node:path';
import { readPending } from '../../apply/rollback/confs_in_effect';
import { appliedFile } from '../../apply/rollback/state_files';
import { scopeOfAll } from '../../model/conf/scope_of_all';
import { listScripts } from '../../dispatch/list_scripts';
import type { HostIo } from '../../model/io';
import { Exit } from '../../model/known_error';
import type { HookCall } from '../../model/libvirt/hook_call';
import { PLUGIN_NAMES, type PluginName } from '../../model/own_plugins';
import { bridgeInit, type BridgeInitReport } from '../../plugins/bridge_init';
import { holdLog } from '../../plugins/hold_log';
import type { Plugin, PluginCall, PluginOutcome } from '../../plugins/plugin';
import { runPlugin } from '../../plugins/run_plugin';
import { vlanFiltering } from '../../plugins/vlan_filtering';
import type { VlanFilteringReport } from '../../plugins/vlan_filtering_report';
import { modifiedAt } from '../../system/files/modified_at';
import { harmless } from '../../text/harmless';
import type { CliContext } from '../command';
import { journalRepair } from './journal_repair';

/** Its modification time is when kvmvlan-repair last found nothing to repair. */
const RIGHT = '/run/kvmvlan/right-at';

/**
 * What kvmvlan-repair printed last, if it failed: the output of this program, perhaps after a line of its sh header. It
 * does not report the same failure again.
 */
const FAILED = '/run/kvmvlan/failed';

const DAEMON_START: HookCall = {
  driver: 'daemon',
  object: '-',
  operation: 'start',
  suboperation: '-',
  extra: 'start',
};

/**
 * Undoes what other programs have changed, and reports what, since when and by which program. Bridges come first: no
 * port is added to a bridge that does not filter. It uses the conf that took effect last. It never applies an edit,
 * because the edit may be unfinished, or about to be tried with a rollback.
 *
 * @param because describes the change and its program; null: the user runs the command
 */
export async function repairHost(because: string | null, context: CliContext): Promise<number> {
  const { root, stdout, stderr } = context;
  const io = withApplied(context.io, root);
  const lines: string[] = [];
  const isThere = new Set(
    listScripts(root, DAEMON_START).flatMap(({ stem, skip }) => (skip === null ? [stem] : [])),
  );
  const outcomes = [
    await runQuietly(bridgeInit, 'bridge_init', false),
    await runQuietly(vlanFiltering, 'vlan_filtering', true),
  ];
  const status = Math.max(...outcomes.map((outcome) => outcome.status));
  const cause = causeOf(because, RIGHT);
  if (outcomes.some(hasChanged)) lines.unshift(`Repaired${cause}:`);
  else if (because === null && status === Exit.done)
    lines.push('Nothing to repair.', ...outcomes.map(({ summary }) => summary));
  if (because === null) lines.push(...editsOf(context.io, io, root));
  const print = status === Exit.done ? stdout : stderr;
  const text = lines.length === 0 ? '' : `${lines.join('\n')}\n`;
  if (text !== '') print(text);
  if (because !== null) {
    const isNews = status === Exit.done || !(io.readText(FAILED) ?? '').endsWith(harmless(text));
    journalRepair(outcomes, isNews, (what) => `Repaired${cause}: ${what}`);
  }
  return status;

  /** Shows the log of a plugin only if it changed something or failed. */
  async function runQuietly(plugin: Plugin, name: PluginName, all: boolean): Promise<PluginOutcome> {
    const add = (line: string): void => void lines.push(line);
    const held = holdLog({ info: add, warning: add, error: add });
    const call: PluginCall = {
      object: all ? '-' : 'start',
      all,
      hook: null,
      conf: join(root, 'conf', `${name}.conf`),
      dryRun: false,
    };
    const outcome = await runPlugin(asDispatched(plugin, name), call, { ...io, log: held.log });
    if (outcome.status !== Exit.done) held.log.error(`${name}: ${outcome.summary}`);
    if (outcome.status !== Exit.done || hasChanged(outcome)) held.release();
    return outcome;
  }

  /** The plugin if the dispatcher would also run it when libvirt starts; else one that reports why not. */
  function asDispatched(plugin: Plugin, name: PluginName): Plugin {
    return (call, pluginIo) => {
      const file = join(root, 'conf', 'dispatch.conf');
      const scope = scopeOfAll(io.readText(file, 'conf'), file, name);
      const why = !scope.isRun
        ? scope.why
        : !isThere.has(name)
          ? `${name} is not in ${join(root, 'daemon_start.d')}`
          : hasTakenEffect(context.io, root, name)
            ? null
            : `${call.conf} has not taken effect yet; \`kvmvlan apply\` applies it`;
      if (why === null) return plugin(call, pluginIo);
      const isError = !scope.isRun && scope.problem !== null;
      const summary = isError ? why : `not run: ${why}`;
      return Promise.resolve({ status: isError ? Exit.usage : Exit.done, summary, report: {} });
    };
  }
}

/**
 * Makes a plugin read the conf text that took effect last, or, while a change waits to be confirmed, the text on trial.
 * This is decided at each read: a change can begin while a plugin waits for the lock.
 */
function withApplied(io: HostIo, root: string): HostIo {
  const applied = new Map(
    PLUGIN_NAMES.map((name) => [join(root, 'conf', `${name}.conf`), appliedFile(root, name)]),
  );
  return {
    ...io,
    readText: (path, kind) => {
      const file = kind === 'conf' && readPending(io) === null ? applied.get(path) : undefined;
      return (file === undefined ? null : io.readText(file)) ?? io.readText(path, kind);
    },
  };
}

function hasTakenEffect(io: HostIo, root: string, name: PluginName): boolean {
  return readPending(io) !== null || io.readText(appliedFile(root, name)) !== null;
}

/** Reports conf files that differ from the text that a repair uses. */
function editsOf(io: HostIo, applied: HostIo, root: string): string[] {
  return PLUGIN_NAMES.map((name) => join(root, 'conf', `${name}.conf`))
    .filter((file) => io.readText(file, 'conf') !== applied.readText(file, 'conf'))
    .map((file) => `${file} has an edit that is not applied; \`kvmvlan plan\` shows what it would change.`);
}

function hasChanged({ report }: PluginOutcome): boolean {
  const { bridges = [], ports = [], joins = [] } = report as Partial<BridgeInitReport & VlanFilteringReport>;
  return joins.length > 0 || [...bridges, ...ports].some(({ commands }) => commands.length > 0);
}

function causeOf(because: string | null, file: string): string {
  const right = modifiedAt(file);
  const since = right === null ? '' : `; last found correct ${duration(Date.now() - right)} ago`;
  return `${because === null ? '' : ` after ${because}`}${since}`;
}

function duration(ms: number): string {
  // If the clock was set back, the duration must not be negative.
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
