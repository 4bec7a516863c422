import { readDispatchConf } from '../../../../lib/model/conf/dispatch_conf';
import { dispatchVerdict } from '../../../../lib/model/conf/dispatch_verdict';
import { scopeOfAll } from '../../../../lib/model/conf/scope_of_all';

const scope = (text: string | null) => scopeOfAll(text, 'dispatch.conf', 'vlan_filtering');
const meant = (text: string | null, ...guests: string[]): boolean[] => {
  const found = scope(text);
  if (!found.isRun) throw new Error(found.why);
  return guests.map(found.isMeant);
};

describe('what dispatch.conf says about a run for all guests', () => {
  test('without a file, or without a section, it is for all', () => {
    expect(meant(null, 'web1')).toEqual([true]);
    expect(meant('[other]\nenabled = no\nguests = db*\n', 'web1')).toEqual([true]);
  });

  test('guests: only those that the script runs for, [DEFAULT] included', () => {
    expect(meant('[vlan_filtering]\nguests = web*, db1\n', 'web1', 'db1', 'db2')).toEqual([
      true,
      true,
      false,
    ]);
    expect(meant('[DEFAULT]\nguests = web*\n', 'web1', 'db1')).toEqual([true, false]);
  });

  test('enabled = no: nothing is done, and that is no error', () => {
    const disabled = { isRun: false, problem: null, why: 'dispatch.conf disables vlan_filtering' };
    expect(scope('[vlan_filtering]\nenabled = no\n')).toEqual(disabled);
    expect(scope('[DEFAULT]\nenabled = no\n')).toEqual(disabled);
  });

  test('an error in its section or in [DEFAULT]: nothing is done, and that is one', () => {
    for (const text of ['[vlan_filtering]\nguests = web*\nenabled = noo\n', '[DEFAULT]\nenabled = noo\n'])
      expect(scope(text)).toMatchObject({ isRun: false, problem: { code: 'wrong-value' } });
    const found = scope('[vlan_filtering]\nenabled = noo\n');
    expect(found.isRun ? '' : found.why).toContain('dispatch.conf:2: [vlan_filtering] enabled = noo');
    expect(meant('[other]\nenabled = noo\n', 'web1')).toEqual([true]);
  });

  test('what does not concern the script does not stop it either, as in a hook', () => {
    for (const text of [
      '[backup]\nguests =\n',
      '[DEFAULT]\nguests =\n[vlan_filtering]\nguests = *\n',
      'guests =\n[vlan_filtering]\nguests = *\n',
    ]) {
      const hook = { driver: 'qemu', object: 'VM1', operation: 'start', suboperation: 'begin', extra: '-' };
      expect(dispatchVerdict(readDispatchConf(text, 'f').forScript('vlan_filtering'), hook)).toEqual({
        run: true,
      });
      expect(scopeOfAll(text, 'f', 'vlan_filtering')).toMatchObject({ isRun: true });
    }
  });
});
