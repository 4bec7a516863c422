import { readBridgeInitConf } from '../../../../lib/model/conf/bridge_init_conf';
import { readDispatchConf } from '../../../../lib/model/conf/dispatch_conf';
import { readVlanFilteringConf } from '../../../../lib/model/conf/vlan_filtering_conf';

/** Seconds of the processor; about one is needed. By a search from the start for each section it would be minutes. */
const BOUND = 8;

function conf(count: number, section: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => section(index)).join('\n');
}

/** Seconds of the processor that a call takes: a busy machine takes no more of them. */
function timed(call: () => void): number {
  const before = process.cpuUsage();
  call();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

describe('the time that a conf takes grows with its length alone', () => {
  jest.setTimeout(120_000);

  test('dispatch.conf of 400 000 sections', () => {
    const text = conf(400_000, (index) => `[s${index}]\ntimeout = ${(index % 9) + 1}`);
    let timeout = 0;
    expect(timed(() => (timeout = readDispatchConf(text, 'f').forScript('s399999').timeout))).toBeLessThan(
      BOUND,
    );
    expect(timeout).toBe((399_999 % 9) + 1);
  });

  test.each<[string, string]>([
    ['all have one name', conf(100_000, () => '[s]\ntimeout = 5')],
    ['each is wrong', conf(100_000, (index) => `[s${index}]\ntimeout = x`)],
    ['[DEFAULT] is wrong', `[DEFAULT]\nlog = x\n${conf(100_000, (index) => `[s${index}]`)}`],
  ])('dispatch.conf of 100 000 sections: %s', (_, text) => {
    expect(timed(() => readDispatchConf(text, 'f').forScript('s'))).toBeLessThan(BOUND);
  });

  test('vlan_filtering.conf of 100 000 sections', () => {
    const text = conf(100_000, (index) => `[veth${index}]\nguest = VM${index}\npvid = 5`);
    expect(timed(() => readVlanFilteringConf(text, 'f'))).toBeLessThan(BOUND);
  });

  test('bridge_init.conf of 100 000 sections', () => {
    const text = conf(100_000, (index) => `[br${index}]\nbr-pvid = 5`);
    expect(timed(() => readBridgeInitConf(text, 'f'))).toBeLessThan(BOUND);
  });
});
