import { shellQuote } from '../../text/shell_quote';
import { oneLine } from '../../text/one_line';

/** The result of a simulated phase. */
export interface Simulation {
  readonly call: readonly string[];
  readonly scripts: readonly SimulatedScript[];
  /** What libvirt would do if the hook fails. */
  readonly libvirt: string;
  readonly status: number;
  readonly notes: readonly string[];
}

export interface SimulatedScript {
  readonly path: string;
  /** Why it would be skipped; null: it would not. */
  readonly skip: string | null;
  /** Why it would fail without being run; null: it would not. */
  readonly refusal: string | null;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly log: string;
  /** Its output in the dry run; null: an administrator's script, which is not run. */
  readonly said: readonly string[] | null;
  /** Its exit status in the dry run; null: it was not run. */
  readonly exit: number | null;
}

/** The output of `kvmvlan simulate`, as text. */
export function simulation(simulated: Simulation): string {
  const { call, scripts, status, libvirt, notes } = simulated;
  const lines = [`Simulating ${call.map(shellQuote).join(' ')}: nothing is changed`, ...notes, ''];
  if (scripts.length === 0) lines.push('No scripts: the hook ends immediately.');
  for (const script of scripts) lines.push(...scriptLines(script), '');
  if (scripts.length === 0) lines.push('');
  const meaning = status === 0 ? '' : `; libvirt ${libvirt}`;
  lines.push(`The hook would end with status ${status}${meaning}.`);
  return `${lines.map((line) => oneLine(line)).join('\n')}\n`;
}

function scriptLines({ path, skip, refusal, args, env, log, said, exit }: SimulatedScript): string[] {
  if (skip !== null) return [path, `  skipped: ${skip}`];
  if (refusal !== null) return [path, `  fails: ${refusal}`];
  return [
    [path, ...args].map(shellQuote).join(' '),
    ...Object.entries(env).map(([name, value]) => `  ${name}=${shellQuote(value)}`),
    `  log: ${log}`,
    ...(said ?? ['not run: it is not part of kvmvlan; assumed to succeed']).map((line) => `  | ${line}`),
    ...(exit === null ? [] : [`  exit status ${exit}`]),
  ];
}
