import { execFileSync, spawn } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeAll } from '../../../../lib/system/files/write_all';

test('a reader that takes its time is waited for, also where the clock is set meanwhile', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kvmvlan-write-'));
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  const reader = spawn('sh', ['-c', 'sleep 0.3; exec cat "$0"', path], { stdio: 'ignore' });
  let now = Date.now();
  jest.spyOn(Date, 'now').mockImplementation(() => (now += 3_600_000));
  try {
    expect(writeAll(fd, Buffer.alloc(300_000))).toBeNull();
  } finally {
    jest.restoreAllMocks();
    reader.kill();
    closeSync(fd);
    rmSync(folder, { recursive: true });
  }
});
