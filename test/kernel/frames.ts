import type { Kernel } from './kernel';

/** One VLAN tag: a VID of 802.1Q, or a protocol and a VID. */
export type Tag = number | ['802.1Q' | '802.1ad', number];

export interface Frame {
  /** Who sends: a tap that is plugged in (its guest), the end of a veth whose other end is a port, or a bridge. */
  from: string;
  /** The tag that the sender puts on it, or several, outermost first; none: untagged. */
  vid?: number | Tag[];
  /** Destination MAC address; all (broadcast) unless given. */
  to?: string;
  /** Who listens: guests' taps, ends of veths, bridges; or ports, for what the bridge sends out there. */
  listen: string[];
}

/** For each interface that heard it: 'untagged', the VID, or words for anything else ('802.1ad 5, 802.1Q 7'). */
export type Heard = Record<string, number | string>;

/** A kernel, or another place that runs inside/frames.py. */
type Sends = Pick<Kernel, 'run'>;

export async function whoHears(kernel: Sends, frame: Frame): Promise<Heard> {
  const [heard = {}] = await whoHearsEach(kernel, [frame]);
  return heard;
}

/** Sends the frames one after the other; much faster than one call for each. */
export async function whoHearsEach(kernel: Sends, frames: Frame[]): Promise<Heard[]> {
  const wanted = frames.map(({ from, vid = [], to = 'ff:ff:ff:ff:ff:ff', listen }) => {
    const tags = (typeof vid === 'number' ? [vid] : vid).map((tag) =>
      typeof tag === 'number' ? ['802.1Q', tag] : tag,
    );
    return { from, to, listen, tags };
  });
  const { status, stdout, stderr } = await kernel.run(JSON.stringify(wanted), { interpreter: 'frames' });
  if (status !== 0) throw new Error(`Frames cannot be sent:\n${stderr}`);
  const all = JSON.parse(stdout) as Record<string, [string, number][][]>[];
  return all.map((ends) =>
    Object.fromEntries(Object.entries(ends).map(([name, copies]) => [name, inWords(copies)])),
  );
}

/** Every copy that an interface heard; more than one is a surprise worth showing. */
function inWords(copies: [string, number][][]): number | string {
  const words = copies.map((tags) => {
    const [first] = tags;
    if (!first) return 'untagged';
    return tags.length === 1 && first[0] === '802.1Q'
      ? first[1]
      : tags.map((tag) => tag.join(' ')).join(', ');
  });
  return words.length === 1 && words[0] !== undefined ? words[0] : words.join(' + ');
}
