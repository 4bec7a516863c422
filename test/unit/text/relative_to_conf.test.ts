import { relativeToConf } from '../../../lib/text/relative_to_conf';

test.each([
  ['/hooks/conf/bridge_init.conf:3: [br0]', 'bridge_init.conf:3: [br0]'],
  [
    'rolled back. `diff -u /hooks/conf/a /hooks/conf/a.rejected` shows /hooks/conf/a.',
    'rolled back. `diff -u /hooks/conf/a /hooks/conf/a.rejected` shows a.',
  ],
  ['/hooks/conf/a ` alone', 'a ` alone'],
  ['/other/conf/a', '/other/conf/a'],
])('%s', (text, short) => {
  expect(relativeToConf(text, '/hooks/conf/')).toBe(short);
  expect(relativeToConf(text, '/hooks/conf')).toBe(short);
});
