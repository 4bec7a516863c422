import { matchesGlob } from '../match/glob';
import type { ConfProblem } from './conf_problem';
import { readDefaults, readSections, type Key, type SectionValues } from './keys';
import { readIni } from './read_ini';
import { oneOf, wholeNumber, yesOrNo } from './values';

/** Guests' names may hold spaces, so commas and line ends separate. */
const patterns: Key<readonly string[]> = {
  allowed: "guests' names and patterns (* ? [a-z]), separated by commas",
  parse(text) {
    const list = text.split(/\s*[,\n]\s*/).filter((pattern) => pattern !== '');
    return list.length === 0 ? { wrong: 'empty' } : { value: list };
  },
};

/** The keys of dispatch.conf. */
export const DISPATCH_KEYS = {
  timeout: wholeNumber(1, 86400, 'seconds'),
  'on-failure': oneOf('phase', 'abort', 'report'),
  guests: patterns,
  args: oneOf('kvmvlan', 'libvirt'),
  log: oneOf('overwrite', 'append'),
  enabled: yesOrNo,
};

/** How a script is run. */
export interface ScriptConf {
  /** Seconds. */
  readonly timeout: number;
  readonly onFailure: 'phase' | 'abort' | 'report';
  /** null: all objects. */
  readonly guests: readonly string[] | null;
  /** undefined: as the folder it is in says. */
  readonly args: 'kvmvlan' | 'libvirt' | undefined;
  readonly log: 'overwrite' | 'append';
  readonly enabled: boolean;
}

export interface DispatchConf {
  /** By the script's name less its extension. */
  forScript(name: string): ScriptConf;
  readonly problems: readonly ConfProblem[];
}

const DEFAULT_TIMEOUT = 60;

/** Reads dispatch.conf. What cannot be read is reported and counts as absent: no phase fails for it. */
export function readDispatchConf(text: string, file: string): DispatchConf {
  const ini = readIni(text, file);
  const defaults = readDefaults(ini, DISPATCH_KEYS);
  const sections = readSections(ini, DISPATCH_KEYS);
  const problems = sections.flatMap((values) =>
    values.problems.filter((problem) => problem.section === values.section.name),
  );
  return {
    forScript: (name) => toScriptConf(sections.find(({ section }) => section.name === name) ?? defaults),
    // Two sections of one name share their problems.
    problems: [...defaults.problems, ...new Set(problems)].map(withHint),
  };
}

/** A wrong value stops nothing here. */
function withHint(problem: ConfProblem): ConfProblem {
  const isWrongValue = problem.allowed !== undefined && problem.message !== 'unknown key';
  return isWrongValue ? { ...problem, hint: 'Correct the line; until then it counts as absent.' } : problem;
}

function toScriptConf(values: SectionValues<typeof DISPATCH_KEYS>): ScriptConf {
  return {
    timeout: values.get('timeout') ?? DEFAULT_TIMEOUT,
    onFailure: values.get('on-failure') ?? 'phase',
    guests: values.get('guests') ?? null,
    args: values.get('args'),
    log: values.get('log') ?? 'overwrite',
    enabled: values.get('enabled') ?? true,
  };
}

/** Whether a script is meant for the guest or network. */
export function isMeantFor({ guests }: ScriptConf, object: string): boolean {
  return guests === null || guests.some((pattern) => matchesGlob(pattern, object));
}
