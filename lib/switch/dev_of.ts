/** The interface that a command of `bridge` or `ip` is about; undefined: none. */
export function devOf(command: readonly string[]): string | undefined {
  const at = command.indexOf('dev');
  return at < 0 ? undefined : command[at + 1];
}
