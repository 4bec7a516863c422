import { cutText } from '../../text/cut_text';
import type { Place, Problem } from '../problem';

/** A problem at one place of a conf file. Line 0: a problem of the whole file, which the message names. */
export interface ConfProblem extends Problem {
  readonly place: Place;
  /** The section's name; absent before the first section. */
  readonly section?: string;
  readonly key?: string;
  readonly value?: string;
  /** The values that are allowed. */
  readonly allowed?: string;
}

/** `vlan_filtering.conf:3: [veth0] pvid = 4095: not a VID. Allowed: … . Do this.` in one line. */
export function formatConfProblem(problem: ConfProblem): string {
  const { file, line } = problem.place;
  if (line === 0) return `${problem.message}. ${problem.hint}`.trim();
  const where = [`${file}:${line}:`];
  if (problem.section !== undefined) where.push(`[${cutText(problem.section)}]`);
  if (problem.key !== undefined) {
    const key = cutText(problem.key);
    where.push(problem.value === undefined ? key : `${key} = ${cutText(problem.value)}`);
  }
  const text = [`${where.join(' ').replace(/:?$/, ':')} ${problem.message}.`];
  if (problem.allowed !== undefined) text.push(`Allowed: ${problem.allowed}.`);
  text.push(problem.hint);
  return text.join(' ').trim();
}
