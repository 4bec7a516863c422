import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ALL, NONE, only } from '../../../../lib/model/guest/wanted';
import { isTaken, ourEvents, saxesEvents, wantedEvents } from './saxes_oracle';
import { damagedDocument, plainDocument, xmlDocument } from './xml_arbitraries';

const RUNS = { numRuns: Number(process.env.FUZZ_RUNS ?? 2000) };
const WANTED = [NONE, only('a', 'domain', 'é', 'k:a'), ALL];
const nowhere = (): boolean => false;
const everywhere = (): boolean => true;

/**
 * Where saxes is no oracle: it accepts document types and XML 1.1, an instruction like `<?pi?x?>`, and takes a lone high
 * surrogate together with the next character, whatever that is.
 */
function isBeyondSaxes(xml: string): boolean {
  return (
    xml.includes('<!DOCTYPE') ||
    /version\s*=\s*.1\.[1-9]|<\?[^ \t\r\n?]+\?(?!>)|[\ud800-\udbff](?![\udc00-\udfff])/.test(xml)
  );
}

describe('what saxes reads, and nothing else', () => {
  test('of documents that are well-formed, their namespaces perhaps aside', () => {
    let taken = 0;
    fc.assert(
      fc.property(xmlDocument, (xml) => {
        const events = saxesEvents(xml);
        assert.deepEqual(ourEvents(xml, nowhere, false), events);
        for (const wanted of WANTED) assert.equal(isTaken(xml, wanted), events !== null);
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
        for (const wanted of WANTED) assert.equal(isTaken(xml, wanted), events !== null);
        if (events === null) refused++;
      }),
      RUNS,
    );
    expect(refused).toBeGreaterThan(RUNS.numRuns / 4);
  });

  test('of elements as libvirt writes them, of which some are wanted', () => {
    let refused = 0;
    let skipped = 0;
    fc.assert(
      fc.property(plainDocument, fc.subarray(['a', 'name', 'names', 'x1']), (xml, names) => {
        const events = saxesEvents(xml);
        const expected = wantedEvents(events, names);
        assert.deepEqual(ourEvents(xml, nowhere, false, only(...names)), expected);
        if (events === null) refused++;
        else if (expected?.length !== events.length) skipped++;
      }),
      RUNS,
    );
    expect(refused).toBeGreaterThan(RUNS.numRuns / 10);
    expect(skipped).toBeGreaterThan(RUNS.numRuns / 20);
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
