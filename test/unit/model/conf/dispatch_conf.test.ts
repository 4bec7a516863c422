import { isMeantFor, readDispatchConf } from '../../../../lib/model/conf/dispatch_conf';

describe('whom a script is run for', () => {
  const isFor = (conf: string, object: string): boolean =>
    isMeantFor(readDispatchConf(conf, 'f').forScript('backup'), object);

  test('is everybody, unless conf says otherwise', () => {
    expect(isFor('', 'VM1')).toBe(true);
    expect(isFor('[other]\nguests = VM2', 'VM1')).toBe(true);
  });

  test.each([
    ['VM1', true],
    ['VM10', false],
    ['Windows 10', true],
    ['Windows', false],
    ['web-7', true],
  ])('%s: %s', (object, isMeant) => {
    expect(isFor('[backup]\nguests = VM1, Windows 10,\n  web*', object)).toBe(isMeant);
  });

  test('is inherited from [DEFAULT]', () => {
    const conf = '[DEFAULT]\nguests = VM1\n[backup]\ntimeout = 5';
    expect([isFor(conf, 'VM1'), isFor(conf, 'VM2')]).toEqual([true, false]);
  });
});
