import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runRouteSteps } from '../../../../lib/apply/routes/run_steps';
import type { Exec } from '../../../../lib/model/io';
import type { RouteStep } from '../../../../lib/plan/routes/route_step';
import { failed, succeeded } from '../../fake_host/exec_results';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kvmvlan-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const setting = (dev: string, name: string, value = '1'): RouteStep => ({
  purpose: 'prepare',
  object: 'setting',
  dev,
  subject: name,
  action: { tool: 'sysctl', file: join(folder, dev, name), value },
});

test('settings are written by as few processes as possible; one that fails ends those of its tap', async () => {
  for (const dev of ['tap.1', 'tap2']) mkdirSync(join(folder, dev));
  const steps = [
    setting('tap.1', "it's"),
    setting('gone', 'first'),
    setting('gone', 'second'),
    setting('tap2', 'first', '0'),
    setting('tap2', 'second'),
  ];
  let processes = 0;
  const exec: Exec = (command, args) => {
    processes += 1;
    const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
    return Promise.resolve(
      status === 0 ? succeeded(stdout) : { ...failed({ kind: 'exit', status: status ?? 1 }, stderr), stdout },
    );
  };
  const ran: RouteStep[] = [];
  const failures = await runRouteSteps(exec, steps, ran);
  expect(failures.map(({ step }) => step)).toEqual([steps[1]]);
  expect(failures[0]?.why).toMatch(/gone\/first/);
  expect(ran).toEqual([steps[0], steps[1], steps[3], steps[4]]);
  expect(readFileSync(join(folder, 'tap.1', "it's"), 'utf8')).toBe('1\n');
  expect(readFileSync(join(folder, 'tap2', 'first'), 'utf8')).toBe('0\n');
  expect(readFileSync(join(folder, 'tap2', 'second'), 'utf8')).toBe('1\n');
  expect(processes).toBe(2);
});
