import type { ClientMessage, DhcpFrame, DhcpMessage, ServerMessage } from '../../model/dhcp/dhcp_frame';
import { causesOf } from './causes_of';
import type { Sighting, Way } from './sightings';
import { groupFrames, STAGES, type Group, type Stage, type Staged } from './stages';
import type { TracedPort } from './traced_port';
import {
  MAX_CONVERSATIONS,
  TRACE_CODES,
  type Answer,
  type Conversation,
  type Passed,
  type TraceCode,
  type Verdict,
} from './verdict';

/** Judges what was seen of a guest's port. Frames of other guests do not count. */
export function judge(port: TracedPort, seen: readonly Sighting[]): Verdict {
  const all = groupFrames(port, seen).map((group) => toConversation(port, group));
  // A guest may pass on the frames of others: it is judged by its own, if there are any.
  const own = all.filter(({ client }) => client === port.iface.mac);
  const others = all.filter(({ client }) => client !== port.iface.mac);
  return {
    code: worst(byNetwork(own.length > 0 ? own : others).map(best)),
    conversations: [...own, ...others].slice(0, MAX_CONVERSATIONS),
    more: Math.max(0, all.length - MAX_CONVERSATIONS),
  };
}

/** Those of one client in one VLAN: a network with one kind of DHCP does not answer the other kind. */
function byNetwork(conversations: readonly Conversation[]): Conversation[][] {
  const groups = new Map<string, Conversation[]>();
  for (const one of conversations) {
    const key = `${one.client} ${one.vlan ?? ''}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()];
}

function best(conversations: readonly Conversation[]): TraceCode {
  return TRACE_CODES[Math.max(...conversations.map(({ code }) => TRACE_CODES.indexOf(code)))] ?? 'silent';
}

function worst(codes: readonly TraceCode[]): TraceCode {
  return TRACE_CODES.find((code) => codes.includes(code)) ?? 'silent';
}

const CODE_OF: Readonly<Record<Stage, Conversation['code']>> = {
  sent: 'stopped',
  left: 'unanswered',
  came: 'lost',
  delivered: 'answered',
};

/** Messages that end a conversation well. */
const CONFIRMING: readonly DhcpMessage[] = ['ACK', 'REPLY'];

function toConversation(port: TracedPort, group: Group): Conversation {
  const question = latest(group.filter(({ stage }) => stage === 'sent'));
  const confirmed = group.filter(
    ({ stage, frame }) => stage === 'delivered' && CONFIRMING.includes(frame.type),
  );
  const frames = confirmed.length > 0 ? confirmed : ofStep(question, group);
  const stage = furthest(frames);
  const code = CODE_OF[stage];
  const answer = latest(frames.filter((one) => one.frame.side === 'server' && one.stage === stage));
  const { vlan, frame } = question ?? group[0];
  return {
    family: frame.family,
    client: frame.client,
    vlan,
    code,
    question: (question?.frame.type ?? null) as ClientMessage | null,
    answer: answer === undefined ? null : toAnswer(answer.frame),
    isConfirmed: confirmed.length > 0,
    passed: passedBy(port, group),
    causes: causesOf(port, code, vlan, frames),
  };
}

/** What a client wants to know: which address it could have, or whether it has it. */
type Step = 'offer' | 'lease';
const STEP: Readonly<Record<DhcpMessage, Step>> = {
  DISCOVER: 'offer',
  SOLICIT: 'offer',
  OFFER: 'offer',
  ADVERTISE: 'offer',
  REQUEST: 'lease',
  INFORM: 'lease',
  CONFIRM: 'lease',
  RENEW: 'lease',
  REBIND: 'lease',
  'INFORMATION-REQUEST': 'lease',
  ACK: 'lease',
  NAK: 'lease',
  REPLY: 'lease',
};

/** The frames that the last question and its answers consist of, repetitions included. */
function ofStep(question: Staged | undefined, group: Group): readonly Staged[] {
  if (question === undefined) return group;
  const { type, xid } = question.frame;
  // A SOLICIT may get its REPLY at once (RFC 8415 18.3.1).
  return group.filter(
    ({ frame }) => STEP[frame.type] === STEP[type] || (frame.type === 'REPLY' && frame.xid === xid),
  );
}

function latest(frames: readonly Staged[]): Staged | undefined {
  return frames.reduce<Staged | undefined>(
    (before, one) => (before === undefined || one.lastAt >= before.lastAt ? one : before),
    undefined,
  );
}

function furthest(frames: readonly Staged[]): Stage {
  return STAGES.findLast((stage) => frames.some((one) => one.stage === stage)) ?? 'sent';
}

function toAnswer({ type, address, server }: DhcpFrame): Answer {
  return { type: type as ServerMessage, address, server };
}

function passedBy({ dev, exits }: TracedPort, group: Group): Passed[] {
  const places: readonly (readonly [dev: string, way: Way])[] = [
    [dev, 'from-guest'],
    ...exits.map((exit) => [exit.dev, 'from-guest'] as const),
    ...exits.map((exit) => [exit.dev, 'to-guest'] as const),
    [dev, 'to-guest'],
  ];
  return places.flatMap(([at, way]) => {
    const sums = new Map<string, Passed>();
    for (const { frame, count } of group.filter((one) => one.dev === at && one.way === way)) {
      const { type, tags } = frame;
      const key = JSON.stringify([type, tags]);
      sums.set(key, { dev: at, way, type, tags, count: count + (sums.get(key)?.count ?? 0) });
    }
    return [...sums.values()];
  });
}
