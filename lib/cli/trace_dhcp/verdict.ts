import type { FrameTag } from '../../model/dhcp/datagram';
import type { ClientMessage, DhcpMessage, ServerMessage } from '../../model/dhcp/dhcp_frame';
import type { Vid } from '../../model/vlan/vid';
import type { Way } from './sightings';

/**
 * Where DHCP ends. `silent`: the guest asked nothing. `stopped`: a question did not leave this host. `unanswered`: it
 * left, and no answer came. `lost`: an answer came, and did not reach the guest's port. `answered`: it did.
 */
export const TRACE_CODES = ['silent', 'stopped', 'unanswered', 'lost', 'answered'] as const;
export type TraceCode = (typeof TRACE_CODES)[number];

/** Why frames stop, if `kvmvlan check` does not know it: it is about frames of this guest, not about settings. */
export type TraceCause =
  | { readonly code: 'untagged-without-pvid' }
  | { readonly code: 'vlan-not-on-port'; readonly vlan: Vid }
  /** The check `trunk` finds it if conf names a trunk. */
  | { readonly code: 'vlan-not-on-uplink'; readonly vlan: Vid }
  | { readonly code: 'no-uplink' }
  /** null: untagged, and the uplink has no PVID. */
  | { readonly code: 'answer-in-other-vlan'; readonly vlan: Vid | null };

/** An answer of a server. */
export interface Answer {
  readonly type: ServerMessage;
  readonly address: string | null;
  readonly server: string | null;
}

/** Messages of one kind that passed an interface. */
export interface Passed {
  readonly dev: string;
  readonly way: Way;
  readonly type: DhcpMessage;
  readonly tags: readonly FrameTag[];
  readonly count: number;
}

/** What a client in the guest asks in one VLAN with one protocol, and what becomes of it. */
export interface Conversation {
  readonly family: 4 | 6;
  /** The MAC address of the client: the guest's own, or another one behind its interface. */
  readonly client: string;
  /** null: none, see vlanOfFrame. */
  readonly vlan: Vid | null;
  readonly code: Exclude<TraceCode, 'silent'>;
  /** The question that the code is about; null: it was sent before the trace began. */
  readonly question: ClientMessage | null;
  /** The last of the answers that came furthest; null: none came. */
  readonly answer: Answer | null;
  /** Whether the guest got what it asked for: more than an offer, and no refusal. */
  readonly isConfirmed: boolean;
  /** In the order of the way: from the guest, out, in, to the guest. */
  readonly passed: readonly Passed[];
  readonly causes: readonly TraceCause[];
}

/** What was found about a port. */
export interface Verdict {
  readonly code: TraceCode;
  /** Of the guest's own MAC address first; at most MAX_CONVERSATIONS. */
  readonly conversations: readonly Conversation[];
  /** How many more there were. */
  readonly more: number;
}

/** A guest can ask in the name of any number of clients. */
export const MAX_CONVERSATIONS = 20;
