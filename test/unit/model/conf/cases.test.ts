import { join } from 'node:path';
import { caseNames, caseText, expectGolden } from '../../golden';
import { BRIDGE_INIT_CONF, VLAN_FILTERING_CONF } from '../../../readme_confs';
import { DESCRIBE } from './describe_conf';

const CASES = join(__dirname, 'cases');

describe.each(caseNames(CASES))('%s.conf', (kind) => {
  const folder = join(CASES, kind);
  const read = DESCRIBE[kind];
  if (read === undefined) throw new Error(`${folder}: nobody reads such a conf`);

  test.each(caseNames(folder))('%s', (name) => {
    expectGolden(join(folder, name, 'expected.txt'), read(caseText(folder, name, 'conf')));
  });
});

test.each([
  ['bridge_init', BRIDGE_INIT_CONF],
  ['vlan_filtering', VLAN_FILTERING_CONF],
])("%s.conf of the README's example", (kind, text) => {
  expectGolden(join(__dirname, 'golden', `readme_${kind}.txt`), DESCRIBE[kind]?.(text) ?? '');
});
