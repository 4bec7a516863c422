import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDomain } from '../../../../lib/model/guest/parse_domain';
import { presenceOf, type GuestStatus, type Presence } from '../../../../lib/model/guest/presence';

const status = (state: string, reason: string, job?: string, phase?: string): GuestStatus => ({
  state,
  reason,
  job: job ?? null,
  phase: phase ?? null,
});

test.each<[string, GuestStatus | null, Presence]>([
  ['no status file', null, 'absent'],
  ['it starts', status('paused', 'starting up', 'start'), 'here'],
  ['it is restored from a file', status('paused', 'migration', 'start'), 'here'],
  ['it runs', status('running', 'booted'), 'here'],
  ['a person has paused it', status('paused', 'user'), 'here'],
  ['it is saved', status('paused', 'save', 'save'), 'here'],
  ['it is shut down', status('shutdown', 'unknown'), 'here'],
  ['it has crashed', status('crashed', 'panicked'), 'here'],
  ['it arrives', status('paused', 'starting up', 'migration in', 'prepare'), 'arriving'],
  ['it is about to run here', status('paused', 'migration', 'migration in', 'finish3'), 'arriving'],
  ['it has arrived, paused as it was', status('paused', 'user', 'migration in', 'finish3'), 'here'],
  ['post-copy: it runs here', status('running', 'post-copy', 'migration in', 'finish3'), 'here'],
  ['post-copy broke: it lives on here', status('running', 'post-copy failed'), 'here'],
  ['its memory is copied', status('running', 'booted', 'migration out', 'perform3'), 'here'],
  ['it has stopped for the switch', status('paused', 'migration', 'migration out', 'perform3'), 'left'],
  ['post-copy: it runs there', status('paused', 'post-copy', 'migration out', 'perform3'), 'left'],
  ['post-copy broke: it lives on there', status('paused', 'post-copy failed', 'migration out'), 'left'],
  ['it was paused and is gone', status('paused', 'user', 'migration out', 'perform3_done'), 'left'],
  ['it was paused and stays so far', status('paused', 'user', 'migration out', 'perform3'), 'here'],
  ['cancelled', status('paused', 'migration', 'migration out', 'confirm3_cancelled'), 'here'],
  ['a failed migration has left it paused', status('paused', 'migration'), 'here'],
])('%s', (_, of, presence) => {
  expect(presenceOf(of)).toBe(presence);
});

interface Change {
  readonly log: number;
  readonly section: string;
  readonly host: string;
  readonly presence: Presence;
}

/** The changes of status files in a recorded log: `63.48 host2 status  state='running' …`. */
function changes(log: string): Change[] {
  let section = '';
  let number = 0;
  return log.split('\n').flatMap((line): Change[] => {
    if (line.startsWith('# ')) number += 1;
    if (line.startsWith('== ')) section = line;
    const [, host = '', what = ''] = /^[\d.]+ (host\d) status +(.+)$/.exec(line) ?? [];
    if (host === '') return [];
    return [{ log: number, section, host, presence: presenceOf(statusOf(what)) }];
  });
}

/** What a status file says of which the log has `state='…' reason='…' job(type='none' async='…' phase='…')`. */
function statusOf(logged: string): GuestStatus | null {
  if (logged === 'no file') return null;
  const [, attributes = '', job] =
    /^([^(]*?)(?: job\(([^/)]*).*)?$/.exec(logged.replace(/ +ROUTE$/, '')) ?? [];
  const child = job === undefined ? '' : `<job ${job}/>`;
  return parseDomain(`<domstatus ${attributes}>${child}<domain/></domstatus>`).status;
}

describe('recorded migrations between two hosts', () => {
  const all = changes(readFileSync(join(__dirname, 'migrations.txt'), 'utf8'));
  const sections = [...new Set(all.map(({ section }) => section))];

  test('never both hosts have the guest', () => {
    const now = new Map<string, Presence>();
    for (const { log, section, host, presence } of all) {
      now.set(`${log} ${host}`, presence);
      const here = [...now].filter(([of, where]) => of.startsWith(`${log} `) && where === 'here');
      expect({ section, both: here.length > 1 }).toEqual({ section, both: false });
    }
    expect(sections).toHaveLength(12);
  });

  test.each([
    ['managed direct', ['host2 arriving', 'host1 left', 'host2 here', 'host1 absent']],
    ['peer-to-peer', ['host1 arriving', 'host2 left', 'host1 here', 'host2 absent']],
    ['tunnelled', ['host2 arriving', 'host1 left', 'host2 here', 'host1 absent']],
    ['cancelled', ['host1 arriving', 'host1 absent']],
    ['paused guest', ['host1 arriving', 'host2 left', 'host1 here', 'host2 absent']],
    [
      'Finish fails',
      ['host1 here', 'host2 arriving', 'host1 left', 'host2 absent', 'host1 here', 'host1 absent'],
    ],
  ])('%s', (name, expected) => {
    const now = new Map<string, Presence>();
    const seen: string[] = [];
    for (const { section, host, presence } of all) {
      const before = now.get(host) ?? 'absent';
      now.set(host, presence);
      if (section.includes(name) && presence !== before) seen.push(`${host} ${presence}`);
    }
    expect(seen).toEqual(expect.arrayContaining(expected));
    expect(seen.filter((each) => expected.includes(each))).toEqual(expected);
  });
});
