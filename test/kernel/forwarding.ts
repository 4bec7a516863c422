import type { Frame, Heard, Tag } from './frames';

/** The VLANs of an end: where its untagged frames go, and what it carries tagged. */
export interface End {
  pvid: number | null;
  tagged: number[];
}

/**
 * Who should hear a broadcast frame, by the rules of 802.1Q alone: the outermost tag, or where there is none the PVID,
 * is the VLAN; its members hear the frame, with the tag or, where it is their PVID, without.
 */
export function shouldHear(ends: Record<string, End>, { from, vid = [] }: Frame): Heard {
  const tags: Tag[] = typeof vid === 'number' ? [vid] : vid;
  const [outer, ...rest] = tags;
  // Another protocol's tag is payload; a tag with VID 0 carries a priority only.
  const isTagged = typeof outer === 'number' && outer !== 0;
  const vlan = isTagged ? outer : ends[from]?.pvid;
  const payload = typeof outer === 'number' ? rest : tags;
  const heard: Heard = {};
  if (vlan === null || vlan === undefined || !isMember(ends[from], vlan)) return heard;
  for (const [name, end] of Object.entries(ends)) {
    if (name !== from && isMember(end, vlan)) {
      heard[name] = inWords(end.pvid === vlan ? payload : [vlan, ...payload]);
    }
  }
  return heard;
}

function isMember(end: End | undefined, vlan: number): boolean {
  return end !== undefined && (end.pvid === vlan || end.tagged.includes(vlan));
}

function inWords(tags: Tag[]): string | number {
  const [first] = tags;
  if (first === undefined) return 'untagged';
  if (tags.length === 1 && typeof first === 'number') return first;
  return tags.map((tag) => (typeof tag === 'number' ? `802.1Q ${tag}` : tag.join(' '))).join(', ');
}
