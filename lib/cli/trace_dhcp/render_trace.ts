import { describePortVlans } from '../../model/vlan/port_vlans';
import { columns } from '../../text/columns';
import { oneLine } from '../../text/one_line';
import { paint, type Tone } from '../../text/paint';
import { wrap } from '../../text/text';
import { findingLines } from '../check/check_report';
import { advise, adviseSilent, type Advice } from './advise';
import { describeTags, describeVerdict } from './describe_verdict';
import type { Way } from './sightings';
import type { TracedResult, TraceReport } from './trace_report';
import { uplinksAmong, type Exit, type TracedPort, type WhyUnwatched } from './traced_port';
import type { Conversation, Passed } from './verdict';
import type { TraceEnd } from './watch_ports';

export interface TraceStyle {
  /** Characters per line. */
  readonly width: number;
  readonly color: boolean;
}

const ENDS: Readonly<Record<TraceEnd, string>> = {
  time: '',
  interrupted: ' until it was interrupted',
  confirmed: ', until the guest had what it asked for',
  'port-gone': ', until the port vanished',
};

const WHY: Readonly<Record<WhyUnwatched, string>> = {
  'no-tap': 'it has no tap, so it is no port of a bridge',
  'no-bridge': 'its tap is in no Linux bridge',
};

/** The output of `kvmvlan trace-dhcp`, as text. */
export function renderTrace(report: TraceReport, style: TraceStyle): string {
  const blocks = report.results.map((result) => renderPort(result, report, style));
  const notes = [
    ...report.unwatched.map(
      ({ iface, why }) =>
        `Interface ${iface.nic ?? iface.place} (${iface.dev ?? iface.type}) was not watched: ${WHY[why]}.`,
    ),
    ...report.gaps.map(({ dev, reason }) => `${dev} was not watched completely: ${reason}.`),
    `Watched for ${report.seconds} s${ENDS[report.ended]}.`,
  ];
  blocks.push(notes.flatMap((note) => wrap(note, style.width)));
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function renderPort(result: TracedResult, { guest, state }: TraceReport, style: TraceStyle): string[] {
  const { port, verdict, now } = result;
  const vlans = port.bridge.filtering ? describePortVlans(port.vlans) : 'does not filter VLANs';
  const head = `${port.dev} of guest ${guest}, ${port.iface.mac ?? 'no MAC address'}, bridge ${port.bridge.name}: ${vlans}`;
  const lines = [oneLine(head)];
  if (verdict.code === 'silent') {
    lines.push('', ...verdictLines('The guest sent no DHCP request', 'bad', style));
    lines.push(...list(adviseSilent(guest, state, result), style));
  }
  for (const one of verdict.conversations) lines.push('', ...renderConversation(one, result, style));
  if (verdict.more > 0) lines.push('', `and ${verdict.more} more clients`);
  if (verdict.code !== 'answered' && now.findings.length > 0)
    lines.push('', 'kvmvlan check, about this port:', ...findingLines(now.findings, style.color));
  return lines;
}

function renderConversation(one: Conversation, result: TracedResult, style: TraceStyle): string[] {
  const { port } = result;
  const where = one.vlan === null ? '' : ` in VLAN ${one.vlan}`;
  const verdict = `DHCPv${one.family}${where}: ${describeVerdict(port, one)}`;
  return [
    ...verdictLines(verdict, one.isConfirmed ? 'good' : one.code === 'answered' ? 'warn' : 'bad', style),
    ...columns(rows(one, port), '  '),
    ...list(advise(one, result), style),
  ];
}

function verdictLines(text: string, tone: Tone, { width, color }: TraceStyle): string[] {
  return wrap(`${text}.`, width).map((line) => paint(line, tone, color));
}

/** What passed where, on the way out and back; also where nothing did. */
function rows({ passed }: Conversation, { dev, exits }: TracedPort): string[][] {
  const row = (at: string, way: Way, words: string): string[] => {
    const here = passed.filter((one) => one.dev === at && one.way === way);
    return [at, words, here.length === 0 ? 'nothing' : here.map(describePassed).join(', ')];
  };
  const uplinks = uplinksAmong(exits);
  // If there are uplinks, only what this host sends is watched.
  const isShown = ({ dev: at, place }: Exit): boolean =>
    place === 'uplink' || uplinks.length === 0 || passed.some((one) => one.dev === at);
  return [
    row(dev, 'from-guest', 'from the guest'),
    ...(uplinks.length > 0 ? uplinks : exits).map(({ dev: at, place }) =>
      row(at, 'from-guest', place === 'host' ? 'to this host' : 'out'),
    ),
    ...exits
      .filter(isShown)
      .map(({ dev: at, place }) => row(at, 'to-guest', place === 'host' ? 'from this host' : 'in')),
    row(dev, 'to-guest', 'to the guest'),
  ];
}

function describePassed({ type, tags, count }: Passed): string {
  return `${count} ${type} ${describeTags(tags)}`;
}

/** Sentences are wrapped, but commands are not: they are for pasting. */
function list(advices: readonly Advice[], { width }: TraceStyle): string[] {
  return advices.flatMap(({ text, commands }) => [
    ...wrap(text, width - 4).map((line, index) => `${index === 0 ? '  - ' : '    '}${line}`),
    ...commands.map((command) => `      $ ${oneLine(command)}`),
  ]);
}
