import { PORTS_NAMESPACE } from './parse_domain';

/**
 * A status file of libvirt less what nobody asks for of a crowd of guests: disks, capabilities, the rest of devices,
 * which are nine tenths of it. What is left is well-formed and says the same of name, UUID, state, ports in the
 * metadata and interfaces. Text in which tags could be hidden, or which is otherwise not as libvirt writes it, is returned as it is.
 */
export function slimStatus(xml: string): string {
  const start = xml.indexOf('<domstatus');
  // Comments, CDATA and processing instructions may hold what looks like a tag.
  if (start < 0 || xml.includes('<!', start) || xml.includes('<?', start)) return xml;
  const from = xml.slice(start).search(/<domain[\s>]/) + start;
  const end = xml.lastIndexOf('</domain>');
  const [status, domain] = [tagAt(xml, start), tagAt(xml, from)];
  if (from < start || end < from || status === null || domain === null) return xml;
  const body = xml.slice(from + domain.length, end);
  const metadata = metadataOf(body);
  const devicesAt = body.indexOf('<devices>', metadata.end);
  const devices = body.slice(devicesAt, body.lastIndexOf('</devices>'));
  const first = body.slice(0, metadata.text === '' ? devicesAt : metadata.start);
  // Devices of another kind have an element of that name too, without attributes.
  if (devicesAt < 0 || devices.includes('<interface>')) return xml;
  const parts = [
    between(first, '<name>', '</name>').text,
    between(first, '<uuid>', '</uuid>').text,
    xml.includes(PORTS_NAMESPACE) ? metadata.text : '',
    '<devices>',
    // No value holds a `<`: what is between `>` and `<` is between tags.
    ...(devices.match(/<interface\s[^]*?<\/interface>/g) ?? []).map((text) => text.replace(/>\s+</g, '><')),
    '</devices>',
  ];
  return `${status}${domain}${parts.join('')}</domain></domstatus>`;
}

const NOTHING = { text: '', start: 0, end: 0 };

/** The start tag at a place; null where a `>` in a value makes its end unsure. */
function tagAt(xml: string, at: number): string | null {
  const tag = xml.slice(at, xml.indexOf('>', at) + 1);
  return tag.replace(/"[^"]*"|'[^']*'/g, '').match(/["'/]/) === null ? tag : null;
}

/** Whatever people have put there, elements of the same name too. */
function metadataOf(body: string): ReturnType<typeof between> {
  const start = body.indexOf('<metadata>');
  const end = body.lastIndexOf('</metadata>') + '</metadata>'.length;
  return start < 0 || end <= start ? NOTHING : { text: body.slice(start, end), start, end };
}

function between(text: string, open: string, close: string): { text: string; start: number; end: number } {
  const start = text.indexOf(open);
  const end = text.indexOf(close, start) + close.length;
  return start < 0 || end <= start
    ? { text: '', start: 0, end: 0 }
    : { text: text.slice(start, end), start, end };
}
