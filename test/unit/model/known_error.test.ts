import { describeKnown, KnownError, problemOf } from '../../../lib/model/known_error';

test('a known error as a text and as a problem', () => {
  const error = new KnownError('there is no bridge br0', 'Create it.');
  expect(describeKnown(error)).toBe('there is no bridge br0. Create it.');
  expect(problemOf(error, 'run-failed')).toEqual({
    level: 'error',
    code: 'run-failed',
    message: 'there is no bridge br0.',
    hint: 'Create it.',
  });
});
