import { SaxesParser } from 'saxes';

/** The name of the root element. Throws where the text is not well-formed XML. */
export function parseXml(text: string): string {
  const parser = new SaxesParser();
  let root = '';
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name }) => (root ||= name));
  parser.write(text).close();
  return root;
}
