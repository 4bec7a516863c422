import { announce } from '../../../../lib/apply/routes/announce';
import type { ExecOptions, ExecResult } from '../../../../lib/model/io';
import type { NetLink } from '../../../../lib/model/network/host_network';
import { announcementFrames } from '../../../../lib/model/routes/announcement';
import { findSender } from '../../../../lib/system/announce/send_frames';
import { failed, NOT_FOUND, succeeded } from '../../fake_host/exec_results';
import { ip } from '../../model/routes/addresses';
import { address, link } from '../../plan/network/some_network';

const mac = [0x3c, 0xec, 0xef, 1, 2, 3];

const LINKS = new Map<string, NetLink>(
  [
    link('br0', {
      index: 7,
      mac: '3c:ec:ef:01:02:03',
      addresses: [
        address('192.0.2.1/24'),
        address('2001:db8::1/64'),
        address('fe80::1/64', { scope: 'link', isUnusable: true }),
        address('fe80::2/64', { scope: 'link' }),
      ],
    }),
    link('eth1', { index: 8, mac: '3c:ec:ef:01:02:03' }),
    link('wg0', { index: 9, type: 'none', mac: '' }),
  ].map((each) => [each.name, each]),
);

interface Call {
  readonly tool: string;
  readonly index: string | undefined;
  readonly frames: readonly string[];
}

/** Programs that answer so; the calls of them. */
function programs(answers: Readonly<Record<string, ExecResult>>) {
  const calls: Call[] = [];
  const exec = (tool: string, args: readonly string[], { input = '' }: ExecOptions = {}) => {
    calls.push({ tool, index: args[2], frames: input.split('\n').slice(0, -1) });
    return Promise.resolve(answers[tool] ?? NOT_FOUND);
  };
  return { calls, exec };
}

const hex = (frames: readonly Uint8Array[]): string[] =>
  frames.map((frame) => Buffer.from(frame).toString('hex'));

const WEB = [
  { address: ip('203.0.113.20'), uplink: 'br0' },
  { address: ip('2001:db8::20'), uplink: 'br0' },
];

test('one process for an uplink, with its MAC address and its link-local address', async () => {
  const { calls, exec } = programs({ perl: succeeded() });
  const other = { address: ip('2001:db8::21'), uplink: 'eth1' };
  expect(await announce({ exec }, [...WEB, other], LINKS)).toEqual([]);
  const linkLocal = ip('fe80::2');
  expect(calls).toEqual([
    {
      tool: 'perl',
      index: '7',
      frames: hex(WEB.flatMap((each) => announcementFrames({ mac, address: each.address, linkLocal }))),
    },
    {
      tool: 'perl',
      index: '8',
      frames: hex(announcementFrames({ mac, address: other.address, linkLocal: null })),
    },
  ]);
});

test('nothing to announce starts nothing', async () => {
  const { calls, exec } = programs({});
  expect(await announce({ exec }, [], LINKS)).toEqual([]);
  expect(calls).toEqual([]);
});

test('without perl, python3 sends', async () => {
  const { calls, exec } = programs({ python3: succeeded() });
  expect(await announce({ exec }, WEB, LINKS)).toEqual([]);
  expect(calls.map(({ tool, frames }) => [tool, frames.length])).toEqual([
    ['perl', 3],
    ['python3', 3],
  ]);
});

test('what perl cannot send is not sent again', async () => {
  const { calls, exec } = programs({
    perl: failed({ kind: 'exit', status: 100 }, 'send: Network is down\n'),
    python3: succeeded(),
  });
  expect(await announce({ exec }, WEB, LINKS)).toEqual([
    {
      level: 'warning',
      code: 'route-not-announced',
      message: 'br0: cannot announce 203.0.113.20, 2001:db8::20: perl: send: Network is down',
      hint: 'Check it with `ip link show br0`, and install perl or python3 if both are missing.',
      subject: { interface: 'br0', addresses: ['203.0.113.20', '2001:db8::20'] },
    },
  ]);
  expect(calls.map(({ tool }) => tool)).toEqual(['perl']);
});

test('an uplink that fails does not keep others from theirs', async () => {
  const { calls, exec } = programs({ perl: succeeded() });
  const uplinks = ['gone0', 'wg0', 'eth1'].map((uplink) => ({ address: ip('203.0.113.20'), uplink }));
  const problems = await announce({ exec }, uplinks, LINKS);
  expect(problems.map(({ message }) => message)).toEqual([
    'gone0: cannot announce 203.0.113.20: it does not exist',
    'wg0: cannot announce 203.0.113.20: it is not an Ethernet interface',
  ]);
  expect(calls.map(({ index }) => index)).toEqual(['8']);
});

test('without a program to send with', async () => {
  const problems = await announce(programs({}), WEB, LINKS);
  expect(problems.map(({ message }) => message)).toEqual([
    'br0: cannot announce 203.0.113.20, 2001:db8::20: there is neither perl nor python3 to send frames with',
  ]);
});

test.each([
  ['perl', { perl: succeeded(), python3: succeeded() }],
  ['python3', { python3: succeeded() }],
  [null, {}],
])('what sends is %s', async (sender, answers) => {
  expect(await findSender(programs(answers).exec)).toBe(sender);
});
