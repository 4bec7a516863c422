import {
  guestsInTransit,
  IN_TRANSIT_FOLDER,
  isInTransit,
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
  expect([ONE, TWO].map((uuid) => isInTransit(uuid, io))).toEqual([true, true]);
  expect([...host.written.keys()][0]).toBe(ROUTED_FILE);
  unmarkInTransit(ONE, io);
  expect(guestsInTransit(io)).toEqual([TWO]);
  expect(isInTransit(ONE, io)).toBe(false);
  unmarkInTransit(ONE, io);
  unmarkInTransit(TWO, io);
  expect(Object.keys(host.files)).toEqual([ROUTED_FILE]);
});

test.each([null, '', '.', '../routed', '../../../etc/passwd', `${ONE}/x`, `${ONE}\n`])(
  'a guest with %j in the place of its UUID is not in transit, and no file is touched',
  (uuid) => {
    const host = new FakeHost();
    const touched: string[] = [];
    const touch = (path: string): string => (touched.push(path), '');
    const io = { ...host.io(), readText: touch, writeText: touch };
    expect(isInTransit(uuid, io)).toBe(false);
    markInTransit(uuid, io);
    unmarkInTransit(uuid, io);
    expect(touched).toEqual([]);
  },
);

test('what is half written or of somebody else is no guest', () => {
  const files = { [`${IN_TRANSIT_FOLDER}/${ONE}.new.7`]: '', [`${IN_TRANSIT_FOLDER}/.x`]: '' };
  expect(guestsInTransit(new FakeHost({ files }).io())).toEqual([]);
});
