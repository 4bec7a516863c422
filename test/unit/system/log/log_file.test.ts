import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLogFile } from '../../../../lib/system/log/log_file';

const folder = mkdtempSync(join(tmpdir(), 'kvmvlan-log-'));
afterAll(() => rmSync(folder, { recursive: true }));

const path = join(folder, 'x.log');
const CUT = '[cut here: a log contains only the first 10 bytes]\n';

describe('a log with a limit of 10 bytes', () => {
  test.each<[string, (log: ReturnType<typeof openLogFile>) => void, string]>([
    ['what is written', (log) => log.write('0123456789abc'), `0123456789\n${CUT}`],
    [
      'lines of a plugin',
      (log) => ['0123', '4567', '89'].forEach((text) => log.line(text)),
      `0123\n4567\n${CUT}`,
    ],
    ['one line', (log) => log.line('0123456789'), `0123456789\n${CUT}`],
    [
      'both',
      (log) => {
        log.write('01234');
        log.line('678901');
        log.write('more');
        log.line('more');
      },
      `01234\n6789\n${CUT}`,
    ],
  ])('%s counts, and where it is cut the log says so, once', (_what, write, text) => {
    const log = openLogFile(path, 'overwrite', 10);
    log.note('begins');
    write(log);
    log.note('ends');
    log.close();
    expect(readFileSync(path, 'utf8')).toBe(`begins\n${text}ends\n`);
    expect(log.trouble).toBe(`${path} contains only the first 10 bytes`);
  });

  test('what fits is not cut', () => {
    const log = openLogFile(path, 'overwrite', 10);
    log.line('012345678');
    log.close();
    expect(readFileSync(path, 'utf8')).toBe('012345678\n');
    expect(log.trouble).toBeNull();
  });

  test('a note is one line, and not an endless one', () => {
    const log = openLogFile(path, 'overwrite', 10);
    log.note(`a\nb${'x'.repeat(10_000)}`);
    log.close();
    const text = readFileSync(path, 'utf8');
    expect(text.slice(0, 7)).toBe('a\\x0abx');
    expect(text).toHaveLength(4097);
  });
});
