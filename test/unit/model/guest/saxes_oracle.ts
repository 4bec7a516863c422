import { SaxesParser } from 'saxes';
import { scanXml, type XmlHandler } from '../../../../lib/model/guest/scan_xml';
import { ALL, type Wanted } from '../../../../lib/model/guest/wanted';
import { XmlError } from '../../../../lib/model/guest/xml_error';

/** What a text holds: `<name`, ` key=value`, text, `>` at each element's end. null: it is not well-formed. */
export type Events = readonly string[] | null;

/** What saxes reads, an XML parser with a test suite of its own. */
export function saxesEvents(xml: string, xmlns = true): Events {
  const events: string[] = [];
  const parser: SaxesParser<{ xmlns?: boolean }> = new SaxesParser({ xmlns });
  let isWrong = false;
  let depth = 0;
  // It goes on behind an error, with guesses.
  parser.on('error', () => (isWrong = true));
  parser.on('opentag', ({ name, attributes }) => {
    depth++;
    events.push(`<${name}`);
    for (const [key, value] of Object.entries(attributes))
      events.push(` ${key}=${typeof value === 'string' ? value : (value as { value: string }).value}`);
  });
  // White space outside of the root is told as text, too.
  parser.on('text', (text) => depth > 0 && addText(events, text));
  parser.on('cdata', (text) => addText(events, text));
  parser.on('closetag', () => {
    depth--;
    events.push('>');
  });
  parser.write(xml).close();
  return isWrong ? null : events;
}

/** What the reader of lib/domain reads. */
export function ourEvents(
  xml: string,
  isMetadata: XmlHandler['isMetadata'],
  isStrict: boolean,
  wanted = ALL,
): Events {
  const events: string[] = [];
  const handler: XmlHandler = {
    isMetadata,
    open({ name, attributes }) {
      events.push(`<${name}`);
      for (const [key, value] of attributes) events.push(` ${key}=${value}`);
      return wanted;
    },
    close: () => void events.push('>'),
    text: (text) => addText(events, text),
  };
  try {
    scanXml(xml, handler, isStrict);
    return events;
  } catch (error) {
    if (error instanceof XmlError) return null;
    throw error;
  }
}

/** Whether the reader takes a text of which only some elements are wanted. */
export function isTaken(xml: string, wanted: Wanted): boolean {
  const nothing: XmlHandler = {
    isMetadata: () => false,
    open: () => wanted,
    close: () => undefined,
    text: () => undefined,
  };
  try {
    scanXml(xml, nothing);
    return true;
  } catch (error) {
    if (error instanceof XmlError) return false;
    throw error;
  }
}

/** Of what a text holds, the elements that are wanted: the root, and what has such a name and is in such elements only. */
export function wantedEvents(events: Events, names: readonly string[]): Events {
  if (events === null) return null;
  const kept: string[] = [];
  let depth = 0;
  let unwanted = 0;
  for (const event of events) {
    if (event.startsWith('<')) {
      depth++;
      if (unwanted === 0 && depth > 1 && !names.includes(event.slice(1))) unwanted = depth;
    }
    if (unwanted === 0 && !event.startsWith('#')) kept.push(event);
    if (event === '>') {
      if (unwanted === depth) unwanted = 0;
      depth--;
    }
  }
  return kept;
}

/** Text may come in pieces, cut wherever the reader likes. */
function addText(events: string[], text: string): void {
  if (text === '') return;
  const last = events.at(-1) ?? '';
  if (last.startsWith('#')) events[events.length - 1] = last + text;
  else events.push(`#${text}`);
}
