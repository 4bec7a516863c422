import { SaxesParser } from 'saxes';
import { scanXml, type XmlHandler } from '../../../lib/domain/scan_xml';
import { XmlError } from '../../../lib/domain/xml_error';

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
export function ourEvents(xml: string, isMetadata: XmlHandler['isMetadata'], isStrict: boolean): Events {
  const events: string[] = [];
  const handler: XmlHandler = {
    isMetadata,
    open({ name, attributes }) {
      events.push(`<${name}`);
      for (const [key, value] of attributes) events.push(` ${key}=${value}`);
      return true;
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

/** Whether the reader takes a text of which it tells nothing but the root. */
export function isTaken(xml: string): boolean {
  const nothing: XmlHandler = {
    isMetadata: () => false,
    open: () => false,
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

/** Text may come in pieces, cut wherever the reader likes. */
function addText(events: string[], text: string): void {
  if (text === '') return;
  const last = events.at(-1) ?? '';
  if (last.startsWith('#')) events[events.length - 1] = last + text;
  else events.push(`#${text}`);
}
