import { courses } from './courses';
import { describeLab } from './describe_lab';
import { rowsOf } from './matrix';
import { testDepth } from '../test_depth';
import { nameOf } from './scenarios';

const { KVMVLAN_TEST_SUITE: suite = 'bookworm' } = process.env;
const rows = rowsOf(suite, testDepth);

describeLab('kvmvlan bridge', (machine) => {
  describe.each(rows.map((row) => [nameOf(row), row] as const))('%s', (_, row) => {
    test.each(row.courses)('%s', (course) => courses[course](machine(), row));
  });
});
