import { describeRule } from '../../model/match/describe_rule';
import type { Problem } from '../../model/problem';
import type { Change } from '../../plan/switch/diff_hosts';
import { oneLine } from '../../text/one_line';
import { paint } from '../../text/paint';
import { relativeToConf } from '../../text/relative_to_conf';
import type { StatusStyle } from '../status/status_style';
import { wrap } from '../../text/text';
import { renderRouteChange } from './render_route_change';
import type { RouteChange } from './route_changes';

/** The parts of a plan that are shown: a diff for each bridge, port and routed interface, warnings, problems, a summary. */
export interface ShownPlan {
  readonly changes: readonly Change[];
  readonly routes: readonly RouteChange[];
  readonly risks: readonly Problem[];
  readonly problems: readonly Problem[];
}

export function renderPlan({ changes, routes, risks, problems }: ShownPlan, style: StatusStyle): string {
  const blocks = [
    ...changes.map((change) => renderChange(change, style)),
    ...routes.map((change) => renderRouteChange(change, style)),
  ];
  const all = [...changes, ...routes];
  const commands = all.reduce((sum, change) => sum + change.commands.length, 0);
  const names = new Set(all.map(({ name }) => name)).size;
  if (risks.length > 0) blocks.push(renderRisks(risks, style));
  if (problems.length > 0) blocks.push(renderProblems(problems, style));
  blocks.push(
    all.length === 0
      ? problems.length > 0
        ? 'Nothing to do, but there are problems (see above).'
        : 'Nothing to do: everything is as conf says.'
      : `${count(names, 'interface')} would change, with ${count(commands, 'command')}.`,
  );
  return `${blocks.join('\n\n')}\n`;
}

/** The warnings about a plan that disconnects the host. */
export function renderRisks(risks: readonly Problem[], { width, color }: StatusStyle): string {
  const hints = new Set(risks.map(({ hint }) => hint));
  const lines = [
    ...risks.flatMap(({ level, message }) =>
      wrap(`${level === 'error' ? 'DANGER' : 'WARNING'}: ${message}`, width).map((line) =>
        paint(line, level === 'error' ? 'bad' : 'warn', color),
      ),
    ),
    ...[...hints].flatMap((hint) => wrap(hint, width)),
  ];
  return lines.join('\n');
}

function renderChange(change: Change, { width, color, confFolder }: StatusStyle): string {
  const { name, bridge, role, guest, wantedBy, found, wanted, commands } = change;
  const what = {
    bridge: 'bridge',
    host: 'the host itself',
    trunk: `trunk of ${bridge}`,
    tunnel: `tunnel of ${bridge}`,
    guest: `guest ${guest ?? ''}, in ${bridge}`,
    other: `in ${bridge}`,
  }[role];
  const by = wantedBy === null ? '' : `; ${relativeToConf(describeRule(wantedBy), confFolder)}`;
  const part = (mark: string, text: string): string[] =>
    wrap(text, width - 4).map((line) => paint(`  ${mark} ${line}`, mark === '-' ? 'bad' : 'good', color));
  return [
    paint(oneLine(name), 'bold', color) + oneLine(`: ${what}${by}`),
    ...part('-', found),
    ...part('+', wanted),
    ...commands.map((command) => `    ${oneLine(command)}`),
  ].join('\n');
}

function renderProblems(problems: readonly Problem[], { width, color, confFolder }: StatusStyle): string {
  const lines = problems.flatMap(({ level, message, hint }) =>
    wrap(relativeToConf(`${level}: ${message} ${hint}`, confFolder).trim(), width - 4).map(
      (line, index) => (index === 0 ? '  ' : '    ') + paint(line, level === 'error' ? 'bad' : 'warn', color),
    ),
  );
  return ['Problems:', ...lines].join('\n');
}

function count(number: number, what: string): string {
  return number === 1 ? `1 ${what}` : `${number} ${what}s`;
}
