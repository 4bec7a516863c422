import { Exit, KnownError } from '../../model/known_error';
import type { Problem } from '../../model/problem';
import { describeManagers } from '../../network/describe_managers';
import { managersOf } from '../../network/managers_of';
import { plannedSwitches } from '../../plan/switch/planned_switches';
import type { Switch } from '../../plan/switch/switch';
import { filesOf } from '../../plugins/files_of';
import { oneLine } from '../../text/one_line';
import { diagramMermaid } from './diagram_mermaid';
import { diagramSvg } from './diagram_svg';
import { diagramText } from './diagram_text';
import { toDrawing, type Drawing } from './drawing';
import type { CliArgs, CliContext, Command } from '../command';
import { readConfs } from '../../apply/state/read_confs';
import { readSwitches } from '../../apply/state/read_switches';

export const diagram: Command = {
  command: 'diagram [bridge]',
  describe: 'draw the switch: trunks on the left, guests on the right, the host below',
  examples: [
    ['kvmvlan diagram', 'the current state'],
    ['kvmvlan diagram br0 --plan', 'one bridge as the conf files describe it'],
    ['kvmvlan diagram --svg >switch.svg', 'as a picture'],
  ],
  // No defaults: yargs counts a default as a given option, which would then conflict.
  options: (yargs) =>
    yargs
      .positional('bridge', { type: 'string', describe: 'one bridge [default: all]' })
      .option('plan', {
        type: 'boolean',
        default: false,
        describe: 'draw what the conf files describe, not the current state',
      })
      .option('ascii', { type: 'boolean', describe: 'draw the lines with + - |' })
      .option('svg', { type: 'boolean', describe: 'as an SVG, for light and dark backgrounds' })
      .option('mermaid', { type: 'boolean', describe: 'as a Mermaid flow chart' })
      .conflicts('svg', ['mermaid', 'ascii'])
      .conflicts('mermaid', 'ascii'),
  run: async (args, context) => {
    const switches = await switchesOf(args, context);
    const drawings = args.plan === true ? switches.map(toDrawing) : drawLive(switches, context);
    if (args.svg === true) context.stdout(diagramSvg(drawings));
    else if (args.mermaid === true) context.stdout(diagramMermaid(drawings));
    else context.stdout(drawings.map((drawing) => diagramText(drawing, args.ascii === true)).join('\n'));
    return Exit.done;
  },
};

/** The current state also shows which network managers configure the bridges. */
function drawLive(switches: readonly Switch[], { io }: CliContext): Drawing[] {
  const managers = managersOf(
    filesOf(io),
    switches.map(({ bridge }) => bridge),
  );
  return switches.map((one) => {
    const drawing = toDrawing(one);
    const by = describeManagers(managers.get(one.bridge.name) ?? []);
    return by === null ? drawing : { ...drawing, subtitle: `${drawing.subtitle}, ${by}` };
  });
}

async function switchesOf(args: CliArgs, context: CliContext): Promise<readonly Switch[]> {
  const all = args.plan === true ? planned(context) : await live(context);
  const asked = typeof args.bridge === 'string' ? args.bridge : null;
  const chosen = asked === null ? all : all.filter(({ bridge }) => bridge.name === asked);
  if (chosen.length > 0) return chosen;
  const names = all.map(({ bridge }) => bridge.name).join(', ') || 'none';
  throw new KnownError(
    asked === null ? 'there is no bridge to draw' : `there is no bridge ${asked} (bridges: ${names})`,
    args.plan === true
      ? 'Add a section for the bridge to bridge_init.conf.'
      : 'Create it, or use --plan to draw what the conf files describe.',
    Exit.usage,
  );
}

async function live(context: CliContext): Promise<readonly Switch[]> {
  const { switches, problems } = await readSwitches(context.root, context.io);
  tell(problems, context);
  return switches;
}

function planned(context: CliContext): readonly Switch[] {
  const { bridgeInit, vlanFiltering, problems } = readConfs(context.root, context.io);
  tell(problems, context);
  return plannedSwitches(bridgeInit, vlanFiltering);
}

/** Reports what could not be read. The rest is drawn. */
function tell(problems: readonly Problem[], { stderr }: CliContext): void {
  for (const { level, message, hint } of problems)
    stderr(`kvmvlan: ${oneLine(`${level}: ${message} ${hint}`)}\n`);
}
