import type { SwitchView } from '../../plan/switch/switch';
import { oneLine } from '../../text/one_line';
import type { Finding, Level } from './finding';

/** More names than these would push the performance data out of what NRPE transmits. */
const MAX_NAMES = 10;

/** The exit statuses of a Nagios plugin, by its word for them. */
const STATUS = { OK: 0, WARNING: 1, CRITICAL: 2, UNKNOWN: 3 } as const;

/**
 * The findings as a Nagios plugin reports them (Monitoring Plugins Development Guidelines): a line with performance data,
 * then one for each finding. A port with the wrong VLANs is critical, as a failure is.
 *
 * @param view null: the bridges cannot be read
 */
export function nagios(
  findings: readonly Finding[],
  view: SwitchView | null,
): { text: string; status: 0 | 1 | 2 | 3 } {
  const ports = view?.switches.flatMap((one) => one.ports).filter(({ wanted }) => wanted !== null) ?? [];
  const missing = view?.missing.map(({ name }) => name) ?? [];
  const drifting = [...ports.filter(({ drift }) => drift !== null).map(({ name }) => name), ...missing];
  const all = ports.length + missing.length;
  const of = (level: Level): readonly Finding[] => findings.filter((finding) => finding.level === level);
  const [failures, warnings, unknown] = [of('failure'), of('warning'), of('unknown')];
  const word =
    failures.length + drifting.length > 0
      ? 'CRITICAL'
      : warnings.length > 0
        ? 'WARNING'
        : unknown.length > 0 || view === null || view.isUnsure
          ? 'UNKNOWN'
          : 'OK';
  const summary = [
    drifting.length === 0
      ? `${count(all, 'port')} as wanted`
      : `${drifting.length} of ${count(all, 'port')} not as wanted: ${named(drifting)}`,
    ...(failures.length === 0 ? [] : [count(failures.length, 'failure')]),
    ...(warnings.length === 0 ? [] : [count(warnings.length, 'warning')]),
    ...(unknown.length === 0 ? [] : [`${unknown.length} unknown`]),
  ].join('; ');
  const data = [
    `ports=${all};;;0`,
    `drift=${drifting.length};;0;0`,
    `failures=${failures.length};;0;0`,
    `warnings=${warnings.length};0;;0`,
  ].join(' ');
  const details = [...failures, ...warnings, ...unknown].map(
    ({ item, level, message }) => `${level} ${item}: ${message}`,
  );
  const help = details.length === 0 ? [] : ['`sudo kvmvlan check` prints the commands that fix this.'];
  const lines = [`KVMVLAN ${word} - ${plain(summary)} | ${data}`, ...details.map(plain), ...help];
  return { text: `${lines.join('\n')}\n`, status: STATUS[word] };
}

function named(names: readonly string[]): string {
  const more = names.length - MAX_NAMES;
  return [...names.slice(0, MAX_NAMES), ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
}

/** A vertical bar would start performance data. */
function plain(text: string): string {
  return oneLine(text).replaceAll('|', '/');
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
