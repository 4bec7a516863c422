import type { ExecResult } from '../../../../lib/model/io';
import { probeFrames } from '../../../../lib/model/routes/probe';
import { whoAnswers } from '../../../../lib/system/announce/who_answers';
import { failed, NOT_FOUND, succeeded, TIMED_OUT } from '../../fake_host/exec_results';
import { ip } from '../../model/routes/addresses';
import { address, link } from '../../plan/network/some_network';

const uplink = link('br0', { index: 7, mac: '3c:ec:ef:01:02:03' });
const MAC = [0x3c, 0xec, 0xef, 0x01, 0x02, 0x03];

/** A host with these results of its programs, and what was sent with them. */
function host(results: Readonly<Record<string, ExecResult>>) {
  const sent: string[] = [];
  const exec = (command: string, args: readonly string[], { input = '' } = {}): Promise<ExecResult> => {
    const result = results[command];
    if (result === undefined) throw new Error(`unexpected: ${command}`);
    expect(args[2]).toBe('7');
    sent.push(...input.trim().split('\n'));
    return Promise.resolve(result);
  };
  return { exec, sent };
}

const hex = (frame: Uint8Array): string => Buffer.from(frame).toString('hex');

test('an IPv4 address of the same network asks, or else any', async () => {
  const { exec, sent } = host({ perl: succeeded() });
  const addresses = [
    address('10.0.0.1/8', { isUnusable: true }),
    address('2001:db8::1/64'),
    address('192.0.2.1/24'),
    address('203.0.113.1/24'),
  ];
  await whoAnswers(exec, { ...uplink, addresses }, ['203.0.113.20', '198.51.100.1'].map(ip), new Set());
  expect(sent).toEqual(
    [
      ...probeFrames(MAC, ip('203.0.113.20'), ip('203.0.113.1')),
      ...probeFrames(MAC, ip('198.51.100.1'), ip('192.0.2.1')),
    ].map(hex),
  );
});

test('answers of this host, and about other addresses, do not count', async () => {
  const heard = (mac: number, text: string): string =>
    `${hex(probeFrames([2, 0, 0, 0, 0, mac], ip(text), null)[0] ?? new Uint8Array())}\n`;
  const { exec } = host({
    perl: succeeded(heard(1, '203.0.113.20') + heard(2, '203.0.113.21') + heard(2, '203.0.113.22') + '00\n'),
  });
  const asked = ['203.0.113.20', '203.0.113.21'].map(ip);
  expect(await whoAnswers(exec, uplink, asked, new Set(['02:00:00:00:00:01']))).toEqual({
    macs: new Map([['203.0.113.21', '02:00:00:00:00:02']]),
    why: null,
  });
});

test.each([
  [
    'no program',
    { perl: NOT_FOUND, python3: NOT_FOUND },
    {},
    'there is neither perl nor python3 to send frames with',
  ],
  [
    'a failure',
    { perl: failed({ kind: 'exit', status: 19 }, 'bind: No such device\n') },
    {},
    'perl: bind: No such device',
  ],
  ['no end', { perl: NOT_FOUND, python3: TIMED_OUT }, {}, 'python3: timed out after 10 s'],
  ['no carrier', {}, { hasCarrier: false }, 'it has no carrier'],
  ['no Ethernet', {}, { type: 'none', mac: '' }, 'it is not an Ethernet interface'],
])('not known: %s', async (_, results: Record<string, ExecResult>, more, why) => {
  const asked = whoAnswers(host(results).exec, { ...uplink, ...more }, [ip('203.0.113.20')], new Set());
  expect(await asked).toEqual({ macs: null, why });
});
