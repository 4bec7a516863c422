import type { Switch, SwitchPort, SwitchView } from '../switch/switch';
import { describePortVlans } from '../vlan/port_vlans';
import { paint } from './paint';
import { relativeToConf } from './relative_to_conf';
import { cell, columnWidths, renderTable, type Cell, type Column, type Row } from './table';
import { pvidText, taggedText } from './tagged_text';
import { shown, wrap } from './text';

export interface StatusStyle {
  /** Characters per line. */
  readonly width: number;
  readonly color: boolean;
  /** Paths in it are shown relative to it. */
  readonly confFolder: string;
}

const STATE_TONES = { ok: 'good', drift: 'bad', unmanaged: 'dim', down: 'warn' } as const;

/** `kvmvlan status`: a table per bridge, then what is wanted but not there, then what is wrong with the conf. */
export function renderStatus(view: SwitchView, style: StatusStyle): string {
  const blocks = view.switches.map((one) => renderSwitch(one, style).join('\n'));
  if (view.switches.length === 0)
    blocks.push(
      view.of === null ? 'There is no bridge on this host.' : `${shown(view.of)} has no port in a bridge.`,
    );
  const missing = view.missing.map(({ name, guest, wanted, wantedBy }) => ({
    text: `${name}, guest ${shown(guest)}: in no bridge; wanted ${describePortVlans(wanted)} by ${source(wantedBy, style)}`,
    tone: 'bad' as const,
  }));
  if (missing.length > 0) blocks.push(list('Missing ports', missing, style));
  const problems = view.problems.map(({ level, message, hint }) => ({
    text: relativeToConf(`${level}: ${shown(message)} ${hint}`, style.confFolder).trim(),
    tone: level === 'error' ? ('bad' as const) : ('warn' as const),
  }));
  if (problems.length > 0) blocks.push(list('Problems', problems, style));
  return `${blocks.join('\n\n')}\n`;
}

function renderSwitch({ bridge, ports, wantedBy, drift }: Switch, style: StatusStyle): string[] {
  const about = [
    bridge.filtering ? 'filters VLANs' : 'does not filter VLANs: every port hears every VLAN',
    bridge.protocol,
    `default PVID ${bridge.defaultPvid ?? 'none'}`,
    wantedBy === null ? 'unmanaged' : source(wantedBy, style),
  ];
  const head = wrap(`${bridge.name}: ${about.join(', ')}`, style.width).map((line, index) =>
    index === 0 ? line.replace(bridge.name, paint(bridge.name, 'bold', style.color)) : `  ${line}`,
  );
  const wrong = drift === null ? [] : wrap(`  drift: ${drift}`, style.width);
  return [
    ...head,
    ...wrong.map((line) => paint(line, 'bad', style.color)),
    ...renderPorts(ports, wantedBy, style),
  ];
}

/** One line a port where the width allows it; else interface and source stand below it. */
function renderPorts(ports: readonly SwitchPort[], bridgeBy: string | null, style: StatusStyle): string[] {
  const cells = ports.map((port) => toCells(port, bridgeBy, style));
  for (const isWide of [true, false]) {
    const columns = columnsOf(isWide);
    const rows = cells.map((port) => toRow(port, isWide));
    // The narrow one is there even where a column is too wide for it.
    const widths =
      columnWidths(columns, rows, style.width) ??
      (isWide ? null : (columnWidths(columns, rows, Infinity) ?? []));
    if (widths !== null) return renderTable(columns, rows, widths, style.width, style.color);
  }
  return [];
}

function columnsOf(isWide: boolean): Column[] {
  const tagged = { title: 'TAGGED', wrapTo: isWide ? 16 : 12 };
  const guest = { title: 'GUEST', cutTo: isWide ? 16 : 8 };
  const first = [{ title: 'PORT' }, { title: 'ROLE' }, guest];
  const last = [{ title: 'PVID' }, tagged, { title: 'STATE' }];
  return isWide ? [...first, { title: 'INTERFACE' }, ...last, { title: 'WANTED BY' }] : [...first, ...last];
}

/** What is said of a port, however wide the table is. */
interface PortCells {
  readonly first: readonly Cell[];
  readonly last: readonly Cell[];
  /** Empty where it is no guest's. */
  readonly nic: Cell;
  /** Empty where nothing is wanted. */
  readonly by: Cell;
  /** Whether that stands above the table, as the bridge's own. */
  readonly isByKnown: boolean;
  readonly drift: readonly Cell[];
}

function toCells(port: SwitchPort, bridgeBy: string | null, style: StatusStyle): PortCells {
  const { name, role, guest, iface, vlans, state, drift, wantedBy } = port;
  return {
    first: [cell(name), cell(role), cell(guest === null ? '-' : shown(guest))],
    last: [cell(pvidText(vlans)), cell(taggedText(vlans)), cell(state, STATE_TONES[state])],
    nic: cell(iface === null ? '' : `${iface.alias ?? `nic ${iface.nic}`} ${iface.mac ?? ''}`.trim()),
    by: cell(wantedBy === null ? '' : source(wantedBy, style), 'dim'),
    isByKnown: wantedBy === bridgeBy,
    drift: drift === null ? [] : [cell(`drift: ${drift}`, 'bad')],
  };
}

const NONE = cell('-');
const DIM_NONE = cell('-', 'dim');

function toRow({ first, last, nic, by, isByKnown, drift }: PortCells, isWide: boolean): Row {
  if (isWide)
    return {
      cells: [...first, nic.text === '' ? NONE : nic, ...last, by.text === '' ? DIM_NONE : by],
      notes: drift,
    };
  const about = [nic.text, isByKnown ? '' : by.text].filter((text) => text !== '').join(', ');
  return { cells: [...first, ...last], notes: about === '' ? drift : [cell(about, 'dim'), ...drift] };
}

/** `vlan_filtering.conf:12`, or `metadata`: the section's name and the element's text are left out. */
function source(wantedBy: string, { confFolder }: StatusStyle): string {
  if (wantedBy.startsWith('metadata of guest ')) return 'metadata';
  return relativeToConf(wantedBy, confFolder).replace(/^([^:]*:\d+): \[.*\]$/s, '$1');
}

function list(title: string, items: readonly Omit<Cell, 'width'>[], { width, color }: StatusStyle): string {
  const lines = items.flatMap(({ text, tone }) =>
    wrap(text, width - 4).map((line, index) => `${index === 0 ? '  ' : '    '}${paint(line, tone, color)}`),
  );
  return [`${title}:`, ...lines].join('\n');
}
