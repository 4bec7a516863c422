import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isTaken, ourEvents, saxesEvents } from './saxes_oracle';
import { damagedDocument, xmlDocument } from './xml_arbitraries';

const RUNS = { numRuns: Number(process.env.FUZZ_RUNS ?? 2000) };
const nowhere = (): boolean => false;
const everywhere = (): boolean => true;

/** Where saxes cannot be asked: it reads document types and XML 1.1, and takes a target of an instruction like `<?pi?x?>`. */
function isBeyondSaxes(xml: string): boolean {
  return xml.includes('<!DOCTYPE') || /version\s*=\s*.1\.[1-9]|<\?[^\s?]+\?(?!>)/.test(xml);
}

describe('what saxes reads, and nothing else', () => {
  test('of documents that are well-formed, their namespaces perhaps aside', () => {
    let taken = 0;
    fc.assert(
      fc.property(xmlDocument, (xml) => {
        const events = saxesEvents(xml);
        assert.deepEqual(ourEvents(xml, nowhere, false), events);
        assert.equal(isTaken(xml), events !== null);
        // Where namespaces do not matter, those with prefixes of nobody are read as well.
        assert.deepEqual(ourEvents(xml, everywhere, true), saxesEvents(xml, false));
        if (events !== null) taken++;
      }),
      RUNS,
    );
    expect(taken).toBeGreaterThan(RUNS.numRuns / 4);
  });

  test('of documents that have been damaged', () => {
    let refused = 0;
    fc.assert(
      fc.property(damagedDocument, (xml) => {
        if (isBeyondSaxes(xml)) return;
        const events = saxesEvents(xml);
        assert.deepEqual(ourEvents(xml, nowhere, false), events);
        assert.equal(isTaken(xml), events !== null);
        if (events === null) refused++;
      }),
      RUNS,
    );
    expect(refused).toBeGreaterThan(RUNS.numRuns / 4);
  });

  test('and in metadata no less of any document', () => {
    fc.assert(
      fc.property(damagedDocument, (xml) => {
        // Before the root element there are no metadata.
        if (isBeyondSaxes(xml) || /<\?[^\s?]*:/.test(xml)) return;
        const events = saxesEvents(xml, false);
        if (events !== null) assert.deepEqual(ourEvents(xml, everywhere, false), events);
      }),
      RUNS,
    );
  });
});
