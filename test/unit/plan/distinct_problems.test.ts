import type { Problem } from '../../../lib/model/problem';
import { problemJson } from '../../../lib/model/problem_json';
import { distinctProblems } from '../../../lib/plan/distinct_problems';

const ONE: Problem = {
  level: 'warning',
  code: 'port-held',
  message: 'a text',
  hint: 'another',
  place: { file: 'vlan_filtering.conf', line: 3 },
  section: 'veth0',
  key: 'pvid',
  subject: { guest: 'VM1', port: 'veth0' },
};

test('a problem with another text is the same one, and an error if it is one for any guest', () => {
  const error: Problem = { ...ONE, level: 'error', message: 'the same in other words' };
  const other: Problem = { ...ONE, code: 'port-claimed-twice' };
  expect(distinctProblems([ONE, other, error, ONE])).toEqual([error, other]);
});

test.each<[what: string, other: Partial<Problem>]>([
  ['code', { code: 'port-claimed-twice' }],
  ['file', { place: { file: 'guest_routes.conf', line: 3 } }],
  ['line', { place: { file: 'vlan_filtering.conf', line: 4 } }],
  ['section', { section: 'veth1' }],
  ['key', { key: 'tagged' }],
  ['guest', { subject: { guest: 'VM2', port: 'veth0' } }],
  ['port', { subject: { guest: 'VM1', port: 'veth1' } }],
  ['addresses', { subject: { guest: 'VM1', port: 'veth0', addresses: ['203.0.113.20'] } }],
])('a problem with the same text and another %s is another one', (_what, other) => {
  expect(distinctProblems([ONE, { ...ONE, ...other }])).toHaveLength(2);
});

test('JSON has all keys, null where there is no value', () => {
  expect(problemJson(ONE)).toEqual(ONE);
  const { level, code, message, hint } = ONE;
  const none = { place: null, section: null, key: null, subject: null };
  expect(problemJson({ level, code, message, hint })).toEqual({ level, code, message, hint, ...none });
});
