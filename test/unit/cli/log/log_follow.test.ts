import { appendFileSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { followLines } from '../../../../lib/cli/log/log_follow';

test('hands on what is there, then follows lines as they come, half ones when they are whole, and across rotation', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kvmvlan-follow-'));
  const path = join(folder, 'dispatch.log');
  const heard: string[] = [];
  const stop = new AbortController();
  const hears = async (line: string): Promise<void> => {
    for (const until = Date.now() + 5000; !heard.includes(line) && Date.now() < until;)
      await new Promise((resolve) => setTimeout(resolve, 20));
  };
  appendFileSync(path, 'before\n');
  // What is written while the beginning is looked at is not lost.
  const start = (lines: readonly string[]): void => {
    heard.push(...lines.map((line) => `start: ${line}`));
    appendFileSync(path, 'at once\n');
  };
  const following = followLines(path, start, (line) => heard.push(line), stop.signal);
  appendFileSync(path, 'one\ntw');
  await hears('one');
  appendFileSync(path, 'o ✓\n');
  await hears('two ✓');
  appendFileSync(path, 'last of the old\n');
  renameSync(path, `${path}.1`);
  // While there is no new file yet.
  await hears('last of the old');
  appendFileSync(path, 'first of the new\n');
  await hears('first of the new');
  stop.abort();
  await following;
  rmSync(folder, { recursive: true });
  expect(heard).toEqual(['start: before', 'at once', 'one', 'two ✓', 'last of the old', 'first of the new']);
});
