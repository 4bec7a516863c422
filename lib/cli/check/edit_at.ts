import type { Place } from '../../model/problem';
import { shellQuote } from '../../text/shell_quote';

/** A command that opens a conf file. The line is in a comment, because sudoedit cannot pass it to the editor. */
export function editAt({ file, line }: Place): string {
  const edit = `sudoedit ${shellQuote(file)}`;
  return line === 0 ? edit : `${edit}   # line ${line}`;
}
