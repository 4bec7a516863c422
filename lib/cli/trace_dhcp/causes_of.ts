import type { Vid } from '../../model/vlan/vid';
import type { Staged } from './stages';
import { uplinksAmong, type Exit, type TracedPort } from './traced_port';
import type { Conversation, TraceCause } from './verdict';

/**
 * Why a question or its answer stopped on this host, as far as the frames themselves show it.
 *
 * @param frames those of the question and its answers
 */
export function causesOf(
  { bridge, vlans, exits }: TracedPort,
  code: Conversation['code'],
  vlan: Vid | null,
  frames: readonly Staged[],
): TraceCause[] {
  if (code === 'lost') return bridge.filtering ? otherVlan(vlan, frames, exits) : [];
  if (code !== 'stopped') return [];
  if (bridge.filtering && vlan === null) return [{ code: 'untagged-without-pvid' }];
  if (vlan !== null && !vlans.vlans.has(vlan)) return [{ code: 'vlan-not-on-port', vlan }];
  const uplinks = uplinksAmong(exits);
  if (uplinks.length === 0) return [{ code: 'no-uplink' }];
  if (vlan === null || uplinks.some((exit) => exit.isTrunk || exit.vlans.vlans.has(vlan))) return [];
  return [{ code: 'vlan-not-on-uplink', vlan }];
}

function otherVlan(vlan: Vid | null, frames: readonly Staged[], exits: readonly Exit[]): TraceCause[] {
  const isTunnel = ({ dev }: Staged): boolean => exits.some((exit) => exit.dev === dev && exit.isTunnel);
  const came = frames.filter(({ stage }) => stage === 'came');
  const [first] = came;
  if (first === undefined || came.some((one) => one.vlan === vlan || isTunnel(one))) return [];
  return [{ code: 'answer-in-other-vlan', vlan: first.vlan }];
}
