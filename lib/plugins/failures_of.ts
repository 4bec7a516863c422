import type { Problem } from '../model/problem';
import type { Failure } from './plugin';
import type { PortReport } from './report_ports';

/** The failures, with the port, guest and bridge that each concerns. */
export function failuresOf(problems: readonly Problem[], ports: readonly PortReport[]): Failure[] {
  const ofHost = problems.filter(({ level }) => level === 'error');
  const ofPorts = ports.flatMap(({ guest, bridge, port, problem }) =>
    problem?.level !== 'error' ? [] : [{ ...problem, guest, bridge, port }],
  );
  return [...ofHost, ...ofPorts].map(({ level: _level, code: _code, message, hint, ...what }) => ({
    message: `${message} ${hint}`,
    ...what,
  }));
}
