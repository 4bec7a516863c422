import { readDispatchConf, unreadableDispatchConf } from '../../../../lib/model/conf/dispatch_conf';
import { dispatchVerdict, type DispatchVerdict } from '../../../../lib/model/conf/dispatch_verdict';

const call = { driver: 'qemu', object: 'VM1', operation: 'start', suboperation: 'begin', extra: '-' };
const verdict = (text: string, changes: Partial<typeof call> = {}, script = 'backup'): DispatchVerdict =>
  dispatchVerdict(readDispatchConf(text, 'f').forScript(script), { ...call, ...changes });
const RUN = { run: true };
const DISABLED = { run: false, skip: 'disabled' };
const OTHERS = { run: false, skip: 'other-guests' };
const REFUSED = { run: false, refusal: expect.stringMatching(/^not run: f:\d+: /) as string };

test.each([
  ['', RUN],
  ['[other]\nenabled = no', RUN],
  ['[backup]\nenabled = no', DISABLED],
  ['[DEFAULT]\nenabled = no\n[backup]\ntimeout = 5', DISABLED],
  ['[backup]\nguests = web*', OTHERS],
  ['[backup]\nguests = web*, VM?', RUN],
])('what is right counts: %j', (text, expected) => {
  expect(verdict(text)).toEqual(expected);
});

test('the daemon is no guest', () => {
  expect(verdict('[backup]\nguests = web*', { driver: 'daemon', object: '-' })).toEqual(RUN);
});

test.each([
  '[backup]\nguests =',
  '[backup]\nguests = VM1\nguests = web*',
  '[backup]\nguests = VM1 # office',
  '[backup]\nguest = web*',
  '[backup]\nguests web*',
  '[backup] guests = web*',
  '[backup]\ntimeout = 5\n guests = web*',
  '[backup]\nenabled = noo',
  '[backup]\nenabled =',
  '[backup]\ntimeout = 0',
  '[backup]\non-failure = report\nargs = four',
  '[backup]\n[backup]\nguests = web*',
  '[backup]\nguests = VM1\n  [other]',
  '[DEFAULT]\nguests =',
  '[DEFAULT]\ntimeout =\n[backup]\nlog = append',
  'guests = web*',
  'guests = web*\n[backup]\ntimeout = 5',
  '[backup\nguests = web*',
  '[other\nguests = web*\n[backup]\ntimeout = 5',
])('what is wrong is refused: %j', (text) => {
  expect(verdict(text)).toEqual(REFUSED);
});

test.each([
  ['of another section', '[other]\nguests =\n[backup]\ntimeout = 5'],
  ['of [DEFAULT], where the section sets the key', '[DEFAULT]\nguests =\n[backup]\nguests = *'],
  ['before the first section, where the section sets the key', 'guests =\n[backup]\nguests = *'],
])('what is wrong %s does not matter', (_, text) => {
  expect(verdict(text)).toEqual(RUN);
});

test('what would not be run anyway is skipped where the error leaves no doubt of that', () => {
  expect(verdict('[backup]\nenabled = no\ntimeout = 0')).toEqual(DISABLED);
  expect(verdict('[backup]\nguests = web*\ntimeout = 0')).toEqual(OTHERS);
  expect(verdict('[backup]\nguests = web*\ntimeout = 0', { object: 'web1' })).toEqual(REFUSED);
  // Here it does.
  expect(verdict('[backup]\nenabled = no\nenabled = yes')).toEqual(REFUSED);
  expect(verdict('[backup]\nguests = web*\nguest = VM1')).toEqual(REFUSED);
  expect(verdict('[backup]\nenabled = no\n[backup]\ntimeout = 0')).toEqual(REFUSED);
  expect(verdict('[backup]\nenabled = no\n timeout = 0')).toEqual(REFUSED);
});

test('the reason is the first error, and how many there are', () => {
  expect(verdict('[backup]\ntimeout = 0\nguests =\nlog = x')).toEqual({
    run: false,
    refusal:
      'not run: f:2: [backup] timeout = 0: not a number in this range. Allowed: seconds from 1 to 86400. Correct the line; until then the script is not run. (and 2 more)',
  });
});

test('of a file that cannot be read nothing is known', () => {
  const hint = 'Save it as UTF-8.';
  const conf = unreadableDispatchConf({
    level: 'error',
    place: { file: 'f', line: 0 },
    message: 'cannot read f: no text',
    hint,
  });
  expect(dispatchVerdict(conf.forScript('any'), call)).toEqual({
    run: false,
    refusal: 'not run: cannot read f: no text. Save it as UTF-8.',
  });
});
