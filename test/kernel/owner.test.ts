import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs a command under owner.sh with a folder to share; resolves when it has ended. */
function own(command: string) {
  const shared = mkdtempSync(join(tmpdir(), 'kvmvlan-owner-'));
  const child = spawn('/bin/sh', [join(__dirname, 'owner.sh'), shared, 'sh', '-c', command], {
    stdio: ['pipe', 'ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const leave = () => child.stdio.forEach((stream) => stream?.destroy());
  return { shared, ended, leave, end: () => child.kill() };
}

describe('the owner of a kernel', () => {
  test('passes its stdin and status on, and removes the shared folder', async () => {
    const { shared, ended, leave } = own('cat; exit 7');
    leave();
    expect(await ended).toBe(7);
    expect(existsSync(shared)).toBe(false);
  });

  test('ends a kernel that does not notice that its owner is gone', async () => {
    const { shared, ended, leave } = own('trap "" HUP TERM; exec sleep 1000');
    leave();
    expect(await ended).toBe(143);
    expect(existsSync(shared)).toBe(false);
  }, 20_000);

  test('ends it at once when told to', async () => {
    const { shared, ended, end } = own('trap "" HUP TERM; exec sleep 1000');
    await new Promise((resolve) => setTimeout(resolve, 200));
    end();
    expect(await ended).toBe(143);
    expect(existsSync(shared)).toBe(false);
  }, 20_000);
});
