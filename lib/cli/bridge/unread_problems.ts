import type { HostIo } from '../../model/io';
import type { Problem } from '../../model/problem';

/** Says where lines that name the interface may have been overlooked. */
export function unreadProblems(
  unread: readonly string[],
  name: string,
  { isRoot }: Pick<HostIo, 'isRoot'>,
): Problem[] {
  if (unread.length === 0) return [];
  return [
    {
      level: 'warning',
      code: 'bridge-unread',
      message: `it is not known whether these name ${name}, because they could not be read: ${unread.join(', ')}.`,
      hint: isRoot ? 'Look there yourself.' : 'Run the command as root to see that.',
    },
  ];
}
