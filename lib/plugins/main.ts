import { dirname, join } from 'node:path';
import { Exit } from '../model/known_error';
import type { HookCall } from '../model/libvirt/hook_call';
import { cutReason } from '../text/cut_reason';
import { phaseOf } from '../model/libvirt/phases';
import { createLog } from '../system/log/create_log';
import { journalFailures } from '../system/log/journal_failures';
import { isOnJournal } from '../system/log/is_on_journal';
import { readAll } from '../system/files/read_all';
import { safeJson } from '../text/safe_json';
import { markWords, parserOf } from './as_typed';
import { journalChanges } from './journal_changes';
import type { PluginOptions } from './options';
import { failuresIn, type Plugin, type PluginCall } from './plugin';
import { realIo } from '../system/real_io';
import { runPlugin } from './run_plugin';

/** The version of this build; put here by build/build.ts. */
declare const VERSION: string;

/**
 * The process of a plugin, run by a dispatcher like any other script, or by hand.
 *
 * @param file the path of the executable, links resolved: it lies in a phase folder of the hooks root
 */
export async function pluginMain(plugin: Plugin, options: PluginOptions, file: string): Promise<void> {
  const asScript = scriptCall(process.argv.slice(2));
  const parsed =
    asScript ?? (await parseByHand(options, join(dirname(dirname(file)), 'conf', `${options.name}.conf`)));
  if (parsed === null) return;
  const { call, json } = parsed;
  const { toJson = (report: object) => report } = options;
  // With --json, standard output is only the report; in filter phases it is the guest's XML.
  const isTaken = json || (call.hook !== null && phaseOf(call.hook).isFilter);
  const log = createLog((level, line) => {
    (level === 'info' && !isTaken ? process.stdout : process.stderr).write(`${line}\n`);
  });
  const io = realIo(log, () => readAll(0).toString('utf8'));
  const outcome = await runPlugin(plugin, call, io);
  if (outcome.status !== 0) log.error(outcome.summary);
  await log.close();
  if (isOnJournal()) {
    const inJournal = (text: string): string => cutReason(`${options.name}: ${text}`);
    const about = { script: options.name };
    // Errors first: if the journal is slow, they matter more.
    journalFailures(failuresIn(outcome), about, inJournal);
    if (!call.dryRun) journalChanges(outcome.changes ?? [], about, inJournal);
  }
  if (json) process.stdout.write(`${safeJson(toJson(outcome.report as object), 2)}\n`);
  process.exitCode = outcome.status;
}

/**
 * The call of a dispatcher: two arguments, or libvirt's four if dispatch.conf says so, and the rest in the environment.
 * null: a dispatcher did not call.
 */
function scriptCall(args: readonly string[]): { call: PluginCall; json: boolean } | null {
  const env = process.env;
  const { LIBVIRT_HOOK_DRIVER: driver, LIBVIRT_HOOK_OPERATION: operation, LIBVIRT_HOOK_CONF: conf } = env;
  if (driver === undefined || operation === undefined || conf === undefined) return null;
  const suboperation = env.LIBVIRT_HOOK_SUBOPERATION ?? '-';
  const extra = env.LIBVIRT_HOOK_EXTRA ?? '-';
  const [first = '', second] = args;
  const isOurs = args.length === 2 && second === conf;
  if (!isOurs && args.slice(1).join('\0') !== [operation, suboperation, extra].join('\0')) return null;
  const hook: HookCall = { driver, operation, object: env.LIBVIRT_HOOK_OBJECT ?? first, suboperation, extra };
  const object = isOurs ? first : driver === 'daemon' ? operation : first;
  return { call: { object, hook, conf, all: false, dryRun: false }, json: false };
}

/** null: help, version or an error have been printed. */
async function parseByHand(
  { name, summary, positionals, takesAll, takesForce, takesFollow, examples }: PluginOptions,
  defaultConf: string,
): Promise<{ call: PluginCall; json: boolean } | null> {
  const usage = positionals.map((item) => (item.required ? `<${item.name}>` : `[${item.name}]`)).join(' ');
  let isRun = false;
  const marked = markWords(process.argv.slice(2));
  const parser = (await parserOf(marked, { name, version: VERSION }))
    .command(
      `$0 ${usage}`,
      summary,
      (command) => {
        for (const item of positionals)
          command.positional(item.name, { type: 'string', describe: item.describe });
        if (takesAll)
          command.option('all', {
            type: 'boolean',
            default: false,
            describe: 'every running guest of the host',
          });
        if (takesAll && takesFollow !== true)
          command.option('settle', {
            type: 'number',
            requiresArg: true,
            hidden: true,
            describe: 'with --all: repeat until no guest has changed for this number of seconds',
          });
        if (takesFollow)
          command.option('follow', {
            type: 'boolean',
            default: false,
            describe: 'like --all, and again whenever a guest changes, until none moves',
          });
        if (takesForce)
          command.option('force', {
            type: 'boolean',
            default: false,
            describe: 'even if this disconnects the host',
          });
        return command;
      },
      () => {
        isRun = true;
      },
    )
    .option('dry-run', { type: 'boolean', default: false, describe: 'print the commands, change nothing' })
    .option('json', { type: 'boolean', default: false, describe: 'print what was found and done as JSON' })
    .example(examples.map(([command, what]) => [command, what]))
    .epilogue('Exit status: 0 done or nothing to do, 1 failed, 2 wrong usage or conf, 3 a bug.');
  const args = (await parser.parseAsync()) as Record<string, unknown>;
  if (!isRun || process.exitCode !== undefined) return null;
  const text = (key: string): string | undefined => (typeof args[key] === 'string' ? args[key] : undefined);
  const first = text(positionals[0]?.name ?? '');
  const follow = args.follow === true;
  const all = args.all === true || follow;
  if (takesAll && (all ? text('conf') !== undefined : first === undefined)) {
    process.stderr.write(`${name}: name one guest or use --all; \`${name} --help\` describes the usage.\n`);
    process.exitCode = Exit.usage;
    return null;
  }
  const settle = typeof args.settle === 'number' ? args.settle : undefined;
  if (settle !== undefined && !(all && settle > 0 && settle <= 3600)) {
    process.stderr.write(`${name}: --settle needs --all and a number of seconds up to 3600.\n`);
    process.exitCode = Exit.usage;
    return null;
  }
  return {
    call: {
      object: all ? '-' : (first ?? '-'),
      hook: null,
      // With --all the conf file is the first positional.
      conf: (all ? first : text('conf')) ?? defaultConf,
      all,
      ...(follow ? { follow } : {}),
      settle,
      confFolder: dirname(defaultConf),
      dryRun: args['dry-run'] === true,
      force: args.force === true,
    },
    json: args.json === true,
  };
}
