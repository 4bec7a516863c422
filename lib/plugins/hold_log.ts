import type { Log } from '../model/io';

/** A log whose lines reach `log` only when they are released. */
export function holdLog(log: Log): { readonly log: Log; release(): void } {
  const lines: (() => void)[] = [];
  const hold =
    (put: (line: string) => void) =>
    (line: string): void =>
      void lines.push(() => put(line));
  return {
    log: {
      info: hold((line) => log.info(line)),
      warning: hold((line) => log.warning(line)),
      error: hold((line) => log.error(line)),
    },
    release: () => lines.splice(0).forEach((put) => put()),
  };
}
