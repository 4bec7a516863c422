import { join } from 'node:path';
import { Exit, KnownError } from '../../model/known_error';
import { toProblem } from '../../model/match/match_problems';
import type { Problem } from '../../model/problem';
import { readGuestRoutesConf } from '../../model/routes/guest_routes_conf';
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
import { liveRouter, plannedRouter } from './router_drawing';
import type { CliArgs, CliContext, Command } from '../command';
import { readConfs } from '../../apply/state/read_confs';
import { readSwitches } from '../../apply/state/read_switches';

export const diagram: Command = {
  command: 'diagram [bridge]',
  describe:
    'draw the switch: trunks on the left, guests on the right, the host below; and the router of routed guests',
  examples: [
    ['kvmvlan diagram', 'the current state'],
    ['kvmvlan diagram br0 --plan', 'one bridge as the conf files describe it'],
    ['kvmvlan diagram --svg >switch.svg', 'as a picture'],
  ],
  // No defaults: yargs counts a default as a given option, which would then conflict.
  options: (yargs) =>
    yargs
      .positional('bridge', { type: 'string', describe: 'one bridge or uplink [default: all]' })
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
    const drawings = await drawingsOf(args, context);
    if (args.svg === true) context.stdout(diagramSvg(drawings));
    else if (args.mermaid === true) context.stdout(diagramMermaid(drawings));
    else context.stdout(drawings.map((drawing) => diagramText(drawing, args.ascii === true)).join('\n'));
    return Exit.done;
  },
};

/** What can be drawn. */
interface Drawable {
  readonly switches: readonly Switch[];
  /** The router with this uplink, or with all of them; null: nothing is routed. */
  readonly router: (uplink: string | null) => Drawing | null;
}

async function drawingsOf(args: CliArgs, context: CliContext): Promise<readonly Drawing[]> {
  const isPlan = args.plan === true;
  const { switches, router } = await (isPlan ? planned(context) : live(context));
  const asked = typeof args.bridge === 'string' ? args.bridge : null;
  const chosen = asked === null ? switches : switches.filter(({ bridge }) => bridge.name === asked);
  const routed = router(asked);
  const drawings = [
    ...(isPlan ? chosen.map(toDrawing) : drawLive(chosen, context)),
    ...(routed === null ? [] : [routed]),
  ];
  if (drawings.length > 0) return drawings;
  const names = switches.map(({ bridge }) => bridge.name).join(', ') || 'none';
  throw new KnownError(
    asked === null ? 'there is no bridge to draw' : `there is no bridge ${asked} (bridges: ${names})`,
    isPlan
      ? 'Add a section for the bridge to bridge_init.conf.'
      : 'Create it, or use --plan to draw what the conf files describe.',
    Exit.usage,
  );
}

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

async function live(context: CliContext): Promise<Drawable> {
  const { switches, routed, problems } = await readSwitches(context.root, context.io);
  tell(problems, context);
  return { switches, router: (uplink) => (routed === null ? null : liveRouter(routed, uplink)) };
}

function planned({ root, io, ...context }: CliContext): Drawable {
  const { bridgeInit, vlanFiltering, confTexts, problems } = readConfs(root, io);
  const file = join(root, 'conf', 'guest_routes.conf');
  const routes = readGuestRoutesConf(confTexts.guest_routes ?? '', file);
  tell([...problems, ...routes.problems.map(toProblem)], context);
  return {
    switches: plannedSwitches(bridgeInit, vlanFiltering),
    router: (uplink) => plannedRouter(routes.rules, uplink),
  };
}

/** Reports what could not be read. The rest is drawn. */
function tell(problems: readonly Problem[], { stderr }: Pick<CliContext, 'stderr'>): void {
  for (const { level, message, hint } of problems)
    stderr(`kvmvlan: ${oneLine(`${level}: ${message} ${hint}`)}\n`);
}
