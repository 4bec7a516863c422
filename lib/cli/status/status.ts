import { join } from 'node:path';
import { describeKnown, Exit, KnownError, problemOf } from '../../model/known_error';
import { managersOf } from '../../network/managers_of';
import { filesOf } from '../../plugins/files_of';
import { selectSwitches } from '../../plan/switch/select_switches';
import { VERDICT_STATUS, verdict } from '../../plan/switch/verdict';
import { oneLine } from '../../text/one_line';
import { renderStatus } from './render_status';
import { statusJson } from './status_json';
import type { CliArgs, CliContext, Command } from '../command';
import { readSwitches } from '../../apply/state/read_switches';

export const status: Command = {
  command: 'status [name]',
  describe:
    'show every bridge as a switch (ports, guests, VLANs) and routed interfaces, and whether they are as wanted',
  examples: [
    ['kvmvlan status', 'all bridges'],
    ['kvmvlan status VM1', 'the ports of one guest'],
    ['kvmvlan status br0 --watch', 'one bridge, redrawn every 2 seconds'],
    [
      'kvmvlan status --json || mail -s drift root',
      'for monitoring: exit status 0 as wanted, 1 drift, 2 error',
    ],
  ],
  options: (yargs) =>
    yargs
      .positional('name', {
        type: 'string',
        describe: 'a running guest, a bridge or an uplink [default: all]',
      })
      .option('json', { type: 'boolean', default: false, describe: 'as JSON, see docs/json.md' })
      .option('watch', { type: 'boolean', default: false, describe: 'redraw until Ctrl-C' })
      .option('interval', { type: 'number', default: 2, describe: 'seconds between redraws' }),
  run: async (args, context) => {
    if (args.watch !== true) {
      const { text, code } = await look(args, context);
      context.stdout(text);
      return code;
    }
    const seconds = Number(args.interval);
    if (!(seconds > 0 && seconds <= 86_400))
      throw new KnownError(
        '--interval expects a number of seconds, more than 0 and at most 86400',
        'For example, use `--interval 5`.',
        Exit.usage,
      );
    const home = context.color && args.json !== true ? '\x1b[H\x1b[2J' : '';
    for (;;) {
      const text = await frame(args, context);
      const stamp = args.json === true ? '' : `${new Date().toLocaleTimeString('en-GB')}, Ctrl-C to end\n\n`;
      context.stdout(home + stamp + text);
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    }
  },
};

/** A guest that stops or a tool that fails once does not end the watch. */
async function frame(args: CliArgs, context: CliContext): Promise<string> {
  try {
    return (await look(args, context)).text;
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    if (args.json !== true) return `${oneLine(describeKnown(error))}\n`;
    const problems = [problemOf(error, 'run-failed')];
    const nothing = {
      switches: [],
      missing: [],
      unmet: [],
      problems,
      routed: null,
      isUnsure: true,
      of: null,
    };
    return `${JSON.stringify(statusJson(nothing, 'error', new Map()))}\n`;
  }
}

async function look(args: CliArgs, context: CliContext): Promise<{ text: string; code: number }> {
  const all = await readSwitches(context.root, context.io);
  const view = typeof args.name === 'string' ? selectSwitches(all, args.name) : all;
  if (view === null) {
    throw new KnownError(
      `there is no bridge ${String(args.name)}, and no running guest of that name with a port`,
      '`kvmvlan status` shows all bridges and guests.',
      Exit.usage,
    );
  }
  const found = verdict(view);
  const managers = managersOf(
    filesOf(context.io),
    view.switches.map(({ bridge }) => bridge),
  );
  const text =
    args.json === true
      ? `${JSON.stringify(statusJson(view, found, managers), null, args.watch === true ? 0 : 2)}\n`
      : renderStatus(
          view,
          {
            width: context.columns,
            color: context.color,
            confFolder: join(context.root, 'conf'),
          },
          managers,
        );
  return { text, code: VERDICT_STATUS[found] };
}
