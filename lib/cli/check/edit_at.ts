import type { Place } from '../../model/problem';
import { shellQuote } from '../../text/shell_quote';

/** A command that opens a conf file; where, as a comment: sudoedit hands no line on to the editor. */
export function editAt({ file, line }: Place): string {
  const edit = `sudoedit ${shellQuote(file)}`;
  return line === 0 ? edit : `${edit}   # line ${line}`;
}
