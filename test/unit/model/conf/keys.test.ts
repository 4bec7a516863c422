import { nearest } from '../../../../lib/model/conf/keys';

test.each([
  ['tagegd', 'tagged'],
  ['tag', null],
  ['pvdi', 'pvid'],
  ['pvi', 'pvid'],
  ['tags', null],
  ['nmae', 'name'],
  ['', null],
])('for the key "%s" the suggestion is %s', (key, suggestion) => {
  expect(nearest(key, ['pvid', 'tagged', 'name'])).toBe(suggestion);
});
