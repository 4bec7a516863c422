import { join } from 'node:path';
import { planCall, skipAfter, skipInTurn, type PlannedScript } from '../../../lib/dispatch/plan_call';
import { readDispatchConf } from '../../../lib/model/conf/dispatch_conf';
import { phaseOf } from '../../../lib/model/libvirt/phases';
import { hooksRoot } from '../cli/hooks_root';
import { FakeHost } from '../fake_host/fake_host';

const CALL = { driver: 'qemu', object: 'VM1', operation: 'start', suboperation: 'begin', extra: '-' };
const DAEMON = { driver: 'daemon', object: '-', operation: 'start', suboperation: '-', extra: 'start' };
const SH = '#!/bin/sh\n';

/** Scripts by path; dispatch.conf; files that the plan reads. */
function plan(scripts: readonly string[], dispatch = '', files: Record<string, string> = {}, call = CALL) {
  const root = hooksRoot(Object.fromEntries(scripts.map((path) => [path, SH])));
  const own = Object.entries(files).map(([path, text]) => [
    path.startsWith('/') ? path : join(root, path),
    text,
  ]);
  const io = new FakeHost({ files: Object.fromEntries(own) as Record<string, string> }).io();
  const conf = readDispatchConf(dispatch, 'dispatch.conf');
  const planned = planCall({ root, call, object: Buffer.from(call.object) }, conf, io);
  return { root, planned };
}

const skips = (planned: readonly PlannedScript[]): (string | null)[] =>
  planned.map(({ script, skip, refusal }) =>
    refusal === null ? `${script.name} ${skip?.code ?? 'runs'}` : `${script.name} refused`,
  );

test('the order, the arguments, the conf and the log of each script', () => {
  const { root, planned } = plan([
    'qemu_start_begin.d/b.sh',
    'qemu_start_begin.d/a',
    'qemu.d/VM1/start/begin/own',
  ]);
  const ofGuest = ['VM1', 'start', 'begin', '-'];
  expect(planned.map(({ script, args, confFile, log }) => [script.name, args, confFile, log])).toEqual(
    [
      ['a', ['VM1', 'ROOT/conf/a.conf'], 'ROOT/conf/a.conf', 'ROOT/logs/qemu_start_begin_VM1_a.log'],
      ['b.sh', ['VM1', 'ROOT/conf/b.conf'], 'ROOT/conf/b.conf', 'ROOT/logs/qemu_start_begin_VM1_b.log'],
      ['own', ofGuest, 'ROOT/conf/own.conf', 'ROOT/logs/qemu_start_begin_VM1_qemu.d.own.log'],
    ].map((one) => JSON.parse(JSON.stringify(one).replaceAll('ROOT', root)) as unknown),
  );
});

test('dispatch.conf chooses the arguments; those of the daemon begin with the operation', () => {
  const args = (dispatch: string, call: typeof CALL, folder: string): readonly string[] | undefined =>
    plan([`${folder}/x`], dispatch, {}, call).planned[0]?.args.map((word) => word.replace(/^\/.*\//, ''));
  const libvirts = '[x]\nargs = libvirt\n';
  expect(args(libvirts, CALL, 'qemu_start_begin.d')).toEqual(['VM1', 'start', 'begin', '-']);
  expect(args('[x]\nargs = kvmvlan\n', CALL, 'qemu.d/VM1/start/begin')).toEqual(['VM1', 'x.conf']);
  expect(args('', DAEMON, 'daemon_start.d')).toEqual(['start', 'x.conf']);
  expect(args(libvirts, DAEMON, 'daemon_start.d')).toEqual(['-', 'start', '-', 'start']);
});

test('what is skipped or refused, and why', () => {
  const names = ['a', 'b', 'c', 'd', 'e~'].map((name) => `qemu_start_begin.d/${name}`);
  const dispatch = '[b]\nenabled = no\n[c]\nguests = VM2\n[d]\non-failure = report\ntimeout = 0\n';
  const { planned } = plan(names, dispatch);
  expect(skips(planned)).toEqual(['a runs', 'b disabled', 'c other-guests', 'd refused', 'e~ left-behind']);
  expect(planned[3]).toMatchObject({ onFailure: 'phase', problem: { place: { line: 7 } } });
});

describe('guest_routes', () => {
  const FILES = ['qemu_start_begin.d/guest_routes', 'qemu_start_begin.d/guest_routes.sh'];
  const CONF = 'conf/guest_routes.conf';

  test.each<[string, Record<string, string>, string]>([
    ['no conf', {}, 'routes-nothing'],
    ['a conf of comments', { [CONF]: '# [web1]\n' }, 'routes-nothing'],
    ['a section', { [CONF]: '[web1]\n' }, 'runs'],
    ['a conf of comments, but it has routed since boot', { '/run/kvmvlan/routed': '' }, 'runs'],
  ])('%s', (_, files, expected) => {
    expect(skips(plan(FILES, '', files).planned)).toEqual([
      `guest_routes ${expected}`,
      'guest_routes.sh runs',
    ]);
  });

  test('a conf that cannot be read: it runs, and reports that', () => {
    const root = hooksRoot({ 'qemu_start_begin.d/guest_routes': SH });
    const io = new FakeHost({ files: { [join(root, CONF)]: null }, isRoot: false }).io();
    const conf = readDispatchConf('', 'dispatch.conf');
    expect(skips(planCall({ root, call: CALL, object: Buffer.from('VM1') }, conf, io))).toEqual([
      'guest_routes runs',
    ]);
  });

  test('no other log gets a longer name because of one that routes nothing', () => {
    const logs = (files: Record<string, string>): (string | undefined)[] =>
      plan(FILES, '', files).planned.map(({ log }) => log.split('_VM1_')[1]);
    expect(logs({})[1]).toBe('guest_routes.log');
    expect(logs({ [CONF]: '[web1]\n' })).toEqual(['guest_routes.log', 'guest_routes.sh.log']);
  });
});

test('a failure skips the scripts after it in start, but not those that are refused', () => {
  const names = ['a', 'b', 'c'].map((name) => `qemu_start_begin.d/${name}`);
  const { planned } = plan(names, '[a]\non-failure = report\n[c]\ntimeout = 0\n');
  const [a, b, c] = planned as [PlannedScript, PlannedScript, PlannedScript];
  const start = phaseOf(CALL);
  const after = { code: 'after-failure', script: 'b' } as const;
  expect(skipAfter(a, start)).toBeNull();
  expect(skipAfter(b, start)).toEqual(after);
  expect(skipAfter(c, start)).toEqual({ ...after, script: 'c' });
  expect(skipAfter(b, phaseOf({ ...CALL, operation: 'started' }))).toBeNull();
  expect([a, b, c].map((one) => skipInTurn(one, after))).toEqual([after, after, null]);
});
