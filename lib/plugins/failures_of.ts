import type { Problem } from '../model/problem';
import type { Failure } from './plugin';
import type { PortReport } from './report_ports';

/** The failures, with the port, guest and bridge that each concerns. */
export function failuresOf(problems: readonly Problem[], ports: readonly PortReport[]): Failure[] {
  const ofHost = problems.filter(({ level }) => level === 'error');
  const ofPorts = ports.flatMap(({ guest, bridge, port, problem }) =>
    problem?.level !== 'error' ? [] : [{ ...problem, guest, bridge, port }],
  );
  return [...ofHost, ...ofPorts].map(toFailure);
}

/** The failures of bridge_init, with the bridge that each concerns. */
export function failuresOfBridges(
  problems: readonly Problem[],
  bridges: readonly { readonly bridge: string; readonly problems: readonly Problem[] }[],
): Failure[] {
  const ofBridges = bridges.flatMap(({ bridge, problems: own }) =>
    own.map((problem) => ({ ...problem, bridge })),
  );
  return [...problems, ...ofBridges].filter(({ level }) => level === 'error').map(toFailure);
}

function toFailure({
  level: _level,
  code: _code,
  message,
  hint,
  place: _place,
  section: _section,
  key: _key,
  subject: _subject,
  ...what
}: Problem & Omit<Failure, 'message'>): Failure {
  return { message: `${message} ${hint}`, ...what };
}
