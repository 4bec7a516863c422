import { oneLine } from '../../text/one_line';
import type { ExplainedRoute } from './explain_routes';
import type { ExplainedInterface } from './explain_interfaces';

/** A script in the output of `kvmvlan explain`. */
export interface ScriptView {
  readonly name: string;
  readonly path: string;
  /** Why it is skipped; null: it is not. */
  readonly skip: string | null;
  /** Why it fails without being run; null: it does not. */
  readonly refusal: string | null;
  /** Whether it is part of kvmvlan. */
  readonly isOurs: boolean;
  readonly timeout: number;
  readonly onFailure: string;
  /** What it does in this phase for routed interfaces; null: nothing, or it is not known. */
  readonly does: string | null;
}

export interface PhaseView {
  readonly operation: string;
  readonly suboperation: string;
  /** What libvirt does if the hook fails. */
  readonly libvirt: string;
  readonly scripts: readonly ScriptView[];
}

export interface Explanation {
  readonly guest: string;
  readonly state: string;
  readonly file: string;
  readonly interfaces: readonly ExplainedInterface[];
  readonly phases: readonly PhaseView[];
  readonly problems: readonly string[];
}

/** The output of `kvmvlan explain`, as text. */
export function explanation(explained: Explanation): string {
  const lines = [`Guest ${explained.guest}: ${explained.state} (${explained.file})`, '', 'Interfaces'];
  if (explained.interfaces.length === 0) lines.push('  none');
  for (const iface of explained.interfaces) lines.push(...interfaceLines(iface));
  lines.push('', 'Scripts of each phase');
  for (const phase of explained.phases) lines.push(...phaseLines(phase));
  if (explained.problems.length > 0)
    lines.push('', 'Problems', ...explained.problems.map((text) => `  ${text}`));
  return `${lines.map((line) => oneLine(line)).join('\n')}\n`;
}

function interfaceLines(iface: ExplainedInterface): string[] {
  const names = [iface.dev ?? 'no port yet', iface.alias, iface.mac, iface.source];
  const lines = [`  ${iface.nic ?? '-'}  ${names.filter((name) => name !== null).join(', ')}`];
  const add = (label: string, text: string): void => void lines.push(`     ${label.padEnd(12)}${text}`);
  if (iface.wanted !== null) add('wanted', iface.wanted);
  if (iface.wantedBy !== null) add('wanted by', iface.wantedBy);
  for (const rule of iface.passedOver) add('not used', `${rule}: it also matches, but comes later`);
  if (iface.now !== null) {
    const verdict = iface.isAsWanted === null ? '' : iface.isAsWanted ? ' - as wanted' : ' - NOT as wanted';
    add('now', `${iface.now}${verdict}`);
  }
  if (iface.route !== null) addRoute(iface.route, add);
  for (const problem of iface.problems) add('problem', problem);
  for (const note of iface.notes) add('note', note);
  return lines;
}

function addRoute(route: ExplainedRoute, add: (label: string, text: string) => void): void {
  const { addresses, networks, uplink, table, vrf, commands } = route;
  const where = [
    uplink === null ? 'no uplink' : `uplink ${uplink}`,
    ...(table === null ? [] : [`table ${table}`]),
    ...(vrf === null ? [] : [`VRF ${vrf}`]),
    ...(networks.length === 0 ? [] : [`networks behind it: ${networks.join(', ')}`]),
  ];
  if (addresses.length > 0) add('routed', `${addresses.join(', ')}; ${where.join('; ')}`);
  add('routed by', route.wantedBy);
  for (const rule of route.passedOver) add('not used', `${rule}: it also matches, but comes later`);
  if (commands?.length === 0 && route.refusals.length === 0) add('now', 'routed as wanted');
  if (commands !== null && commands.length > 0) add('now', `NOT routed as wanted: ${missing(commands)}`);
  for (const refusal of route.refusals) add('refused', refusal);
  for (const warning of route.warnings) add('warning', warning);
}

function missing(commands: readonly string[]): string {
  const [first = '', ...others] = commands;
  const more = others.length === 0 ? '' : `, and ${others.length} more`;
  return `guest_routes would run \`${first}\`${more}`;
}

function phaseLines({ operation, suboperation, libvirt, scripts }: PhaseView): string[] {
  const head = `  ${`${operation} ${suboperation}`.padEnd(17)}`;
  if (scripts.length === 0) return [`${head}none`];
  let count = 0;
  return [
    `${head}if the hook fails, libvirt ${libvirt}`,
    ...scripts.map(({ name, path, skip, refusal, isOurs, timeout, onFailure, does }) => {
      if (skip !== null) return `    -  ${name}: skipped: ${skip}`;
      if (refusal !== null) return `    ${++count}. ${name}: fails: ${refusal}`;
      const details = [
        isOurs ? 'part of kvmvlan' : path,
        `timeout ${timeout} s`,
        ...(onFailure === 'phase' ? [] : [`on-failure = ${onFailure}`]),
      ];
      const what = does === null ? '' : `: ${does}`;
      return `    ${++count}. ${name} (${details.join(', ')})${what}`;
    }),
  ];
}
