import {
  guestsInTransit,
  IN_TRANSIT_FOLDER,
  markInTransit,
  ROUTED_FILE,
  unmarkInTransit,
} from '../../../../lib/apply/routes/run_files';
import { FakeHost } from '../../fake_host/fake_host';

const [ONE, TWO] = ['6c8a3b1e-0000-4000-8000-000000000001', '6c8a3b1e-0000-4000-8000-000000000002'];

test('guests are in transit until they are unmarked, and the host has routed from then on', () => {
  const host = new FakeHost();
  const io = host.io();
  expect(guestsInTransit(io)).toEqual([]);
  markInTransit(TWO, io);
  markInTransit(ONE, io);
  markInTransit(ONE, io);
  expect(guestsInTransit(io).sort()).toEqual([ONE, TWO]);
  expect([...host.written.keys()][0]).toBe(ROUTED_FILE);
  unmarkInTransit(ONE, io);
  expect(guestsInTransit(io)).toEqual([TWO]);
  unmarkInTransit(ONE, io);
  unmarkInTransit(TWO, io);
  expect(Object.keys(host.files)).toEqual([ROUTED_FILE]);
});

test('what is half written or of somebody else is no guest', () => {
  const files = { [`${IN_TRANSIT_FOLDER}/${ONE}.new.7`]: '', [`${IN_TRANSIT_FOLDER}/.x`]: '' };
  expect(guestsInTransit(new FakeHost({ files }).io())).toEqual([]);
});
