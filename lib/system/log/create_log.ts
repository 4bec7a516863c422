import { Writable } from 'node:stream';
import type { Log } from '../../model/io';
import { oneLine } from '../../text/one_line';

export type LogLevel = 'info' | 'warning' | 'error';

export interface ClosableLog extends Log {
  /** Resolves when every line has reached `write`. */
  close(): Promise<void>;
}

/** kvmvlan's own lines are shorter. Longer ones contain text from outside. */
const MAX_CHARACTERS = 16 * 1024;

/**
 * A log through winston. It passes each finished line to `write`, safe to be shown. Only the stack of an error has
 * several lines. Loading winston takes a third of node's own start-up, so it is loaded after the first steps of the
 * work, while the started commands run. Lines wait until then. `write` must not throw: a full disk must not stop a
 * guest.
 */
export function createLog(write: (level: LogLevel, line: string) => void): ClosableLog {
  const waiting: [LogLevel, string][] = [];
  let logger: { log(level: string, message: string): unknown } | null = null;
  const ready = new Promise<void>((resolve) => setImmediate(resolve))
    .then(() => startWinston(write))
    .then((winston) => {
      logger = winston;
      for (const [level, line] of waiting) winston.log(level, line);
      return winston;
    });
  const put =
    (level: LogLevel) =>
    (line: string): void => {
      if (logger === null) waiting.push([level, line]);
      else logger.log(level, line);
    };
  return {
    info: put('info'),
    warning: put('warning'),
    error: put('error'),
    close: async () => (await ready).close(),
  };
}

/** Loads only these parts: winston's index loads every transport, for example http. */
export function loadWinston() {
  return Promise.all([
    import('winston/lib/winston/create-logger'),
    import('winston/lib/winston/transports/stream'),
    import('logform'),
  ]);
}

async function startWinston(write: (level: LogLevel, line: string) => void) {
  const [{ default: createLogger }, { default: StreamTransport }, { format }] = await loadWinston();
  const sink = new Writable({
    objectMode: true,
    write(line: { level: LogLevel; message: string }, _encoding, done) {
      const lines = line.message.split(/\n(?= {4}at )/).map((part) => oneLine(part, MAX_CHARACTERS));
      const text = lines.join('\n');
      write(line.level, line.level === 'info' ? text : `${line.level}: ${text}`);
      done();
    },
  });
  const transport = new StreamTransport({ stream: sink });
  const logger = createLogger({
    levels: { error: 0, warning: 1, info: 2 },
    level: 'info',
    format: format.printf(({ message }) => String(message)),
    transports: [transport],
  });
  return {
    log: (level: string, message: string) => logger.log(level, message),
    close: () =>
      new Promise<void>((resolve) => {
        transport.once('finish', () => resolve());
        logger.end();
      }),
  };
}
