import { oneLine } from '../../text/one_line';
import { columns } from '../../text/columns';

/** The outcome of one script, or of a call itself, as in logs/dispatch.log. */
export interface LoggedOutcome {
  /** ISO 8601; null: not known. */
  readonly time: string | null;
  /** driver, object, operation, sub-operation, extra. */
  readonly call: readonly string[];
  /** null: the line is about the call itself. */
  readonly script: string | null;
  readonly outcome: string;
  readonly reason: string | null;
  readonly ms: number;
}

/** Outcomes as a table for users, in the given order, with local times. */
export function logTable(outcomes: readonly LoggedOutcome[]): string {
  if (outcomes.length === 0) return '';
  const rows = outcomes.map(logCells);
  return `${columns([['TIME', 'OBJECT', 'PHASE', 'SCRIPT', 'OUTCOME'], ...rows]).join('\n')}\n`;
}

/** One outcome as a single line, for `-f`. */
export function logLine(outcome: LoggedOutcome): string {
  return `${oneLine(logCells(outcome).join('  '))}\n`;
}

function logCells({ time, call, script, outcome, reason, ms }: LoggedOutcome): string[] {
  const [driver = '', object = '', operation = '', sub = ''] = call;
  const isDaemon = driver === 'daemon';
  const phase = isDaemon ? `daemon ${operation}` : `${driver} ${operation} ${sub}`;
  const took = outcome === 'ok' || outcome === 'failed' ? ` in ${ms} ms` : '';
  return [
    time === null ? '-' : localTime(time),
    isDaemon ? '-' : object,
    phase,
    script ?? '-',
    `${outcome}${took}${reason === null ? '' : `: ${reason}`}`,
  ];
}

function localTime(time: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return time;
  const two = (number: number): string => String(number).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
