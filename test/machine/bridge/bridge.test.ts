import { courses } from './courses';
import { describeLab } from './describe_lab';
import { matrix } from './matrix';
import { nameOf } from './scenarios';

describeLab('kvmvlan bridge', (machine) => {
  describe.each(matrix.map((row) => [nameOf(row), row] as const))('%s', (_, row) => {
    test.each(row.courses)('%s', (course) => courses[course](machine(), row));
  });
});
