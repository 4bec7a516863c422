import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FINDING_CODES } from '../../../lib/cli/check/finding_code';
import { TRACE_CODES, type TraceCause } from '../../../lib/cli/trace_dhcp/verdict';
import { PROBLEM_CODES } from '../../../lib/model/problem_code';
import type { Contradiction } from '../../../lib/network/contradiction';

const OF_MANAGERS: Readonly<Record<Contradiction['code'], true>> = {
  'nm-filtering-off': true,
  'nm-not-applied': true,
  'nm-default-pvid': true,
  'nm-resets-to-vlan': true,
  'nm-vlans': true,
  'networkd-filtering-off': true,
  'networkd-default-pvid': true,
  'networkd-vlans': true,
  'networkd-takes-taps': true,
  'ifupdown2-filtering-off': true,
  'ifupdown2-drops-taps': true,
  'ifupdown2-vlans': true,
  'two-managers': true,
};

const OF_TRACES: Readonly<Record<TraceCause['code'], true>> = {
  'untagged-without-pvid': true,
  'vlan-not-on-port': true,
  'vlan-not-on-uplink': true,
  'no-uplink': true,
  'answer-in-other-vlan': true,
};

test.each([
  ['problems', PROBLEM_CODES],
  ['findings', [...FINDING_CODES, ...Object.keys(OF_MANAGERS)]],
  ['traces', TRACE_CODES],
  ['causes', Object.keys(OF_TRACES)],
])('docs/json.md describes every code of %s, and no other', (what, codes) => {
  const text = readFileSync(join(__dirname, '../../../docs/json.md'), 'utf8');
  const [, table = ''] = text.split(`## Codes of ${what}\n`);
  const [own = ''] = table.split('\n## ');
  expect([...own.matchAll(/^\| `([a-z0-9-]+)` /gm)].map(([, code]) => code)).toEqual(codes);
});
