import type { FrameTag } from '../../model/dhcp/datagram';
import { uplinksAmong, type TracedPort } from './traced_port';
import type { Answer, Conversation, Passed } from './verdict';
import type { Way } from './sightings';

/** How a frame is tagged: `untagged`, `tagged 100`, `tagged 802.1ad 5 + 802.1Q 7`. */
export function describeTags(tags: readonly FrameTag[]): string {
  const [first] = tags;
  if (first === undefined) return 'untagged';
  if (tags.length === 1 && first.protocol === '802.1Q') return `tagged ${first.vid}`;
  return `tagged ${tags.map(({ protocol, vid }) => `${protocol} ${vid}`).join(' + ')}`;
}

/** Where a conversation ended, in one sentence without a full stop. */
export function describeVerdict(port: TracedPort, conversation: Conversation): string {
  const { code, question, answer } = conversation;
  const asked = `the guest's ${question ?? 'request'}`;
  switch (code) {
    case 'stopped':
      return `${asked} (${tagsAt(conversation, port.dev, 'from-guest')}) did not leave this host${through(port)}`;
    case 'unanswered':
      return uplinksAmong(port.exits).length === 0
        ? `${asked} reached ${port.bridge.name}, this host's own interface, and this host did not answer`
        : `${asked} left this host through ${placeOf(conversation, port, 'from-guest')}, and no answer came back`;
    case 'lost':
      return `${article(answer?.type ?? 'answer')} came in through ${placeOf(conversation, port, 'to-guest')}, but did not reach ${port.dev}`;
    case 'answered':
      return answer === null ? 'an answer reached the guest' : describeAnswer(answer);
  }
}

function describeAnswer({ type, address, server }: Answer): string {
  const by = server ?? 'a server';
  switch (type) {
    case 'ACK':
    case 'REPLY':
      return address === null
        ? `the guest got an answer from ${by} (${type})`
        : `the guest got ${address} from ${by} (${type})`;
    case 'NAK':
      return `${by} refused the address that the guest asked for (NAK)`;
    case 'OFFER':
    case 'ADVERTISE':
      return `${by} offered the guest ${address ?? 'no address'} (${type}), and the guest did not ask for it`;
  }
}

function article(word: string): string {
  return `${/^[AEIOU]/i.test(word) || word === 'NAK' ? 'an' : 'a'} ${word}`;
}

function through({ exits, bridge }: TracedPort): string {
  const names = uplinksAmong(exits).map(({ dev }) => dev);
  return names.length === 0 ? ` and did not reach its own ${bridge.name}` : ` through ${names.join(' or ')}`;
}

/** The interfaces through which it left or came, with its tags: `eth0 (tagged 100)`. */
function placeOf({ passed }: Conversation, port: TracedPort, way: Way): string {
  const places = passed.filter((one) => one.way === way && one.dev !== port.dev);
  return [...new Set(places.map(({ dev, tags }) => `${dev} (${describeTags(tags)})`))].join(', ');
}

function tagsAt({ passed }: Conversation, dev: string, way: Way): string {
  const here = passed.filter((one: Passed) => one.dev === dev && one.way === way);
  return [...new Set(here.map(({ tags }) => describeTags(tags)))].join(', ');
}
