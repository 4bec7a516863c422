import { describeRule } from '../../model/match/describe_rule';
import { oneLine } from '../../text/one_line';
import { paint } from '../../text/paint';
import { relativeToConf } from '../../text/relative_to_conf';
import { wrap } from '../../text/text';
import type { StatusStyle } from '../status/status_style';
import type { RouteChange } from './route_changes';

/** A change of a routed interface: what is removed and added for each address, and the commands. */
export function renderRouteChange(change: RouteChange, { width, color, confFolder }: StatusStyle): string {
  const { name, guest, uplink, wantedBy, removed, added, commands } = change;
  const by = wantedBy === null ? '' : `; ${relativeToConf(describeRule(wantedBy), confFolder)}`;
  const over = uplink === null ? 'by others' : `over ${uplink}`;
  const what = guest === null ? 'of no guest' : `guest ${guest}, routed ${over}`;
  const part = (mark: string, texts: readonly string[]): string[] =>
    texts
      .flatMap((text) => wrap(text, width - 4))
      .map((line) => paint(`  ${mark} ${line}`, mark === '-' ? 'bad' : 'good', color));
  return [
    paint(oneLine(name ?? 'routes'), 'bold', color) + oneLine(`: ${what}${by}`),
    ...part('-', removed),
    ...part('+', added),
    ...commands.map((command) => `    ${oneLine(command)}`),
  ].join('\n');
}
