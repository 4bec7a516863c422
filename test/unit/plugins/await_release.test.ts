import type { ExecResult } from '../../../lib/model/io';
import type { RouteWish } from '../../../lib/model/routes/route_wish';
import { awaitRelease } from '../../../lib/plugins/await_release';
import type { RoutedTap } from '../../../lib/plan/routes/routed_tap';
import { NOT_FOUND, succeeded } from '../fake_host/exec_results';
import { ip } from '../model/routes/addresses';
import { link } from '../plan/network/some_network';
import { aTap } from '../plan/routes/a_host';
import { hears } from './hears';

const LINKS = new Map([['br0', link('br0', { mac: '02:00:00:00:00:01' })]]);

function arrived(wish: Partial<RouteWish> = {}, hasArrived = true): RoutedTap {
  return aTap({ hasArrived }, { uplink: 'br0', ...wish });
}

/** Waits for the tap's address. `answerAt`: what is heard after so many milliseconds; each question takes 100 of them. */
async function waited(
  tap: RoutedTap,
  answerAt: (ms: number) => ExecResult,
  { isClaimed = true, calls = 1 } = {},
) {
  let clock = 0;
  const exec = (command: string): Promise<ExecResult> => {
    if (command !== 'perl') return Promise.resolve(NOT_FOUND);
    clock += 100;
    return Promise.resolve(answerAt(clock));
  };
  const claims = isClaimed ? [{ address: ip('203.0.113.20'), uplink: 'br0' }] : [];
  const released = awaitRelease([tap], { exec, now: () => clock });
  let problems = await released(claims, LINKS);
  for (let call = 1; call < calls; call++) problems = await released(claims, LINKS);
  return { ms: clock, problems: problems.map(({ level, code }) => `${level} ${code}`) };
}

const ELSEWHERE = hears(9, '203.0.113.20');

test('nobody answers: it asks once', async () => {
  expect(await waited(arrived(), () => succeeded())).toEqual({ ms: 100, problems: [] });
});

test('it waits until the former host has let go', async () => {
  expect(await waited(arrived(), (ms) => (ms < 500 ? ELSEWHERE : succeeded()))).toEqual({
    ms: 500,
    problems: [],
  });
});

test('a host that does not let go loses the address after ten seconds', async () => {
  expect(await waited(arrived(), () => ELSEWHERE)).toEqual({
    ms: 10_000,
    problems: ['warning route-answered'],
  });
});

test('if the claim fails and is tried again, it does not wait another ten seconds', async () => {
  expect(await waited(arrived(), () => ELSEWHERE, { calls: 3 })).toMatchObject({ ms: 10_200 });
});

test('where nobody can be asked, it does not wait', async () => {
  expect(await waited(arrived(), () => NOT_FOUND)).toEqual({ ms: 100, problems: [] });
});

test.each([
  ['the guest was here before', arrived({}, false), true],
  ['conf does not want it', arrived({ probes: false }), true],
  ['others route the addresses to this host', arrived({ uplink: null }), true],
  ['the uplink is not there', arrived({ uplink: 'eth7' }), true],
  ['this host answers for it already', arrived(), false],
])('nobody is asked: %s', async (_, tap, isClaimed) => {
  expect(await waited(tap, () => ELSEWHERE, { isClaimed })).toEqual({ ms: 0, problems: [] });
});
