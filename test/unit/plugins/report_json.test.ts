import type { Problem } from '../../../lib/model/problem';
import { reportJson } from '../../../lib/plugins/report_json';

const PROBLEM: Problem = {
  level: 'error',
  code: 'port-not-set',
  message: 'm',
  hint: 'h',
  subject: { port: 'p' },
};
const JSON_OF_IT = { ...PROBLEM, place: null, section: null, key: null };

test('every problem of a report has all of its keys', () => {
  const problems = [PROBLEM];
  const all = {
    status: 1,
    ports: [
      { port: 'p', problem: PROBLEM },
      { port: 'q', problem: null },
    ],
    bridges: [{ bridge: 'br0', problems }],
    interfaces: [{ guest: 'VM1', problems }],
    problems,
  };
  const printed = [JSON_OF_IT];
  expect(reportJson(all)).toEqual({
    status: 1,
    ports: [
      { port: 'p', problem: JSON_OF_IT },
      { port: 'q', problem: null },
    ],
    bridges: [{ bridge: 'br0', problems: printed }],
    interfaces: [{ guest: 'VM1', problems: printed }],
    problems: printed,
  });
  // A run that ends in an error has nothing else.
  expect(reportJson({ problems })).toEqual({ problems: printed });
});
