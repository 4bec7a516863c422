import { cutText } from '../text/cut_text';
import type { Problem } from './problem';

/** A problem as `--json` prints it, see docs/json.md. Names from conf are shortened as in the message. */
export function problemJson(problem: Problem): object {
  const { place = null, section = null, key = null, subject = null, ...rest } = problem;
  return { ...rest, place, section: shown(section), key: shown(key), subject };
}

function shown(text: string | null): string | null {
  return text === null ? null : cutText(text);
}
