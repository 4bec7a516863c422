import type { JournalEntry } from '../../../../lib/system/log/journal';

/** What logger(1) reads as one entry: with more lines it writes none of them. */
const MAX_LINES = 509;

let now = 0;
let calls: { args: readonly string[]; input: string; timeout: number }[] = [];
/** How long logger takes, in milliseconds. */
let takes = (_input: string): number => 3;

jest.mock('node:fs', () => ({ ...jest.requireActual<object>('node:fs'), existsSync: () => true }));
jest.mock('../../../../lib/system/process/monotonic', () => ({ monotonic: () => now }));
jest.mock('node:child_process', () => ({
  spawnSync: (
    _file: string,
    args: readonly string[],
    { input, timeout }: { input: string; timeout: number },
  ) => {
    calls.push({ args, input, timeout });
    const isLate = takes(input) > timeout;
    now += isLate ? timeout : takes(input);
    return { status: isLate ? null : 0 };
  },
}));

/** A process of its own. */
let journal: (entry: JournalEntry) => void;
beforeEach(async () => {
  [now, calls, takes] = [0, [], () => 3];
  jest.resetModules();
  ({ journal } = await import('../../../../lib/system/log/journal'));
});

const error = (message: string): JournalEntry => ({ message });
const news = (message: string, port: readonly string[] = ['vnet0']): JournalEntry => ({
  message,
  kind: 'port-set',
  guest: 'VM1',
  port,
});
const messages = (): string[] => calls.map(({ input }) => /^MESSAGE=(.*)$/m.exec(input)?.[1] ?? 'syslog');

test('an entry about a thousand ports has as many lines as logger reads', () => {
  const ports = Array.from({ length: 1000 }, (_, i) => `vnet${i}`);
  journal({ ...news('all', ports), guest: ports, bridge: ports });
  const lines = calls[0]?.input.trimEnd().split('\n') ?? [];
  expect(lines.length).toBeLessThan(MAX_LINES);
  expect(lines).toContain('KVMVLAN_PORT=vnet0');
});

test('news take at most one second together, and errors come after them', () => {
  takes = (input) => (input.includes('PRIORITY=6') ? 60_000 : 3);
  for (const message of ['one', 'two', 'three']) journal(news(message));
  journal(error('broken'));
  expect(messages()).toEqual(['one', 'broken']);
  expect(now).toBe(1003);
});

test('all entries of a process take at most five seconds together', () => {
  takes = () => 60_000;
  journal(news('one'));
  for (const message of ['two', 'three']) journal(error(message));
  journal(news('four'));
  expect(messages()).toEqual(['one', 'two']);
  expect(now).toBe(5000);
  for (const { timeout } of calls) expect(timeout).toBeGreaterThan(0);
});

test('many errors are written if the journal is as fast as usual', () => {
  for (let i = 0; i < 20; i++) journal(error(`error ${i}`));
  expect(calls).toHaveLength(20);
});

test('news are written after errors that took their time', () => {
  takes = (input) => (input.includes('PRIORITY=6') ? 3 : 1500);
  journal(error('broken'));
  journal(error('broken too'));
  journal(news('set'));
  expect(messages()).toEqual(['broken', 'broken too', 'set']);
});
