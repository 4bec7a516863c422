import { matchesGlob } from '../../text/glob';
import type { ConfProblem } from './conf_problem';
import type { Key } from './keys';
import { readIni } from './read_ini';
import type { SectionValues } from './read_section';
import { readSections } from './read_sections';
import { oneOf, wholeNumber, yesOrNo } from './values';

/** Guests' names may contain spaces, so commas and line ends separate them. */
const patterns: Key<readonly string[]> = {
  allowed: "guests' names and patterns (* ? [a-z]), separated by commas",
  isPattern: true,
  parse(text) {
    const list = text.split(/\s*[,\n]\s*/).filter((pattern) => pattern !== '');
    return list.length === 0 ? { wrong: 'empty' } : { value: list };
  },
};

/** The keys of dispatch.conf. */
export const DISPATCH_KEYS = {
  timeout: wholeNumber(1, 86400, 'seconds'),
  'phase-timeout': wholeNumber(1, 86400, 'seconds'),
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
  /** Seconds for all scripts of a call together. If scripts differ, the largest value counts. */
  readonly phaseTimeout: number;
  readonly onFailure: 'phase' | 'abort' | 'report';
  /** null: all objects. */
  readonly guests: readonly string[] | null;
  /** undefined: depends on the script's folder. */
  readonly args: 'kvmvlan' | 'libvirt' | undefined;
  readonly log: 'overwrite' | 'append';
  readonly enabled: boolean;
  /** Problems of its section, or of what it inherits: the script must not be run. */
  readonly problems: readonly ConfProblem[];
}

export interface DispatchConf {
  /** By the script's name without its extension. */
  readonly forScript: (name: string) => ScriptConf;
  /** All problems of the file, in its order. */
  readonly problems: readonly ConfProblem[];
}

const DEFAULT_TIMEOUT = 60;
const DEFAULT_PHASE_TIMEOUT = 300;

/**
 * Reads dispatch.conf. An empty value is an error here: `guests =` must not mean all guests. A script without a section
 * gets what [DEFAULT] says, including its errors. A broken header may be that of any script, or of [DEFAULT].
 */
export function readDispatchConf(text: string, file: string): DispatchConf {
  const { sections, defaults, hiding, problems } = readSections(readIni(text, file), DISPATCH_KEYS, {
    skipsEmpty: false,
    isForOthers: true,
    meanwhile: 'the script is not run',
  });
  // If two sections have the same name, both are wrong.
  const byName = new Map(sections.map((values) => [values.section.name, values]));
  return {
    forScript: (name) => toScriptConf(byName.get(name) ?? defaults, hiding),
    problems,
  };
}

/** A dispatch.conf that cannot be read: each script has this problem. */
export function unreadableDispatchConf(why: Omit<ConfProblem, 'code'>): DispatchConf {
  const problem: ConfProblem = { ...why, code: 'unreadable-conf' };
  const { forScript } = readDispatchConf('', problem.place.file);
  return { forScript: (name) => ({ ...forScript(name), problems: [problem] }), problems: [problem] };
}

function toScriptConf(
  values: SectionValues<typeof DISPATCH_KEYS>,
  hiding: readonly ConfProblem[],
): ScriptConf {
  return {
    timeout: values.get('timeout') ?? DEFAULT_TIMEOUT,
    phaseTimeout: values.get('phase-timeout') ?? DEFAULT_PHASE_TIMEOUT,
    onFailure: values.get('on-failure') ?? 'phase',
    guests: values.get('guests') ?? null,
    args: values.get('args'),
    log: values.get('log') ?? 'overwrite',
    enabled: values.get('enabled') ?? true,
    problems: [...hiding, ...values.problems],
  };
}

/** Whether a script is meant for the guest or network. */
export function isMeantFor({ guests }: ScriptConf, object: string): boolean {
  return guests === null || guests.some((pattern) => matchesGlob(pattern, object));
}
