import type { RuleSource } from '../../model/match/describe_rule';
import { describeManagers } from '../../network/describe_managers';
import type { ManagersOf } from '../../network/managers_of';
import type { Switch, SwitchPort, SwitchView } from '../../plan/switch/switch';
import { describeBridgeDrift, describePortDrift } from './describe_drift';
import { renderList } from './render_list';
import { renderRouted } from './render_routed';
import { sourceText } from './source_text';
import type { StatusStyle } from './status_style';
import { oneLine } from '../../text/one_line';
import { describePortVlans } from '../../model/vlan/port_vlans';
import { paint } from '../../text/paint';
import { relativeToConf } from '../../text/relative_to_conf';
import {
  cell,
  columnWidths,
  renderTable,
  widestCells,
  type Cell,
  type Column,
  type Row,
} from '../../text/table';
import { pvidText, taggedText } from '../../model/vlan/tagged_text';
import { describeTunnels } from '../../model/vlan/tunnels';
import { wrap } from '../../text/text';

const STATES = {
  ok: cell('ok', 'good'),
  drift: cell('drift', 'bad'),
  unmanaged: cell('unmanaged', 'dim'),
  libvirt: cell('libvirt', 'dim'),
  down: cell('down', 'warn'),
} as const;
const ROLES = {
  trunk: cell('trunk'),
  tunnel: cell('tunnel'),
  host: cell('host'),
  guest: cell('guest'),
  other: cell('other'),
} as const;
const NONE = cell('-');
const DIM_NONE = cell('-', 'dim');

/**
 * The output of `kvmvlan status`: a table for each bridge, then missing ports, a table for each uplink of routed
 * interfaces, then problems with the conf.
 */
export function renderStatus(view: SwitchView, style: StatusStyle, managers: ManagersOf): string {
  const blocks = view.switches.map((one) => {
    const by = describeManagers(managers.get(one.bridge.name) ?? []);
    return renderSwitch(one, by, style).join('\n');
  });
  const routed = view.routed === null ? [] : renderRouted(view.routed, style);
  if (view.switches.length === 0 && (view.of === null || routed.length === 0))
    blocks.push(
      view.of === null ? 'There is no bridge on this host.' : `${oneLine(view.of)} has no port in a bridge.`,
    );
  const missing = view.missing.map(({ name, guest, bridge, wanted, wantedBy }) => ({
    text:
      wanted === null || wantedBy === null
        ? `${name}, guest ${guest}: in no bridge; the guest's XML names ${bridge ?? 'none'}`
        : `${name}, guest ${guest}: in no bridge; wanted ${describePortVlans(wanted)} by ${sourceText(wantedBy, style)}`,
    tone: 'bad' as const,
  }));
  if (missing.length > 0) blocks.push(renderList('Missing ports', missing, style));
  blocks.push(...routed);
  const problems = view.problems.map(({ level, message, hint }) => ({
    text: relativeToConf(`${level}: ${message} ${hint}`, style.confFolder).trim(),
    tone: level === 'error' ? ('bad' as const) : ('warn' as const),
  }));
  if (problems.length > 0) blocks.push(renderList('Problems', problems, style));
  return `${blocks.join('\n\n')}\n`;
}

/** @param configuredBy its network managers; null: none is known */
function renderSwitch(one: Switch, configuredBy: string | null, style: StatusStyle): string[] {
  const { bridge, ports, wantedBy, macTableManager } = one;
  const name = oneLine(bridge.name);
  const about = [
    bridge.filtering ? 'filters VLANs' : 'does not filter VLANs: every port receives every VLAN',
    bridge.protocol,
    `default PVID ${bridge.defaultPvid ?? 'none'}`,
    ...(macTableManager === 'libvirt' ? ['MAC table by libvirt'] : []),
    wantedBy === null ? 'unmanaged' : sourceText(wantedBy, style),
    ...(configuredBy === null ? [] : [configuredBy]),
  ];
  const head = wrap(`${name}: ${about.join(', ')}`, style.width).map((line, index) =>
    index === 0 ? line.replace(name, () => paint(name, 'bold', style.color)) : `  ${line}`,
  );
  const drift = describeBridgeDrift(one);
  const wrong = drift === null ? [] : wrap(`  drift: ${drift}`, style.width);
  return [
    ...head,
    ...wrong.map((line) => paint(line, 'bad', style.color)),
    ...renderPorts(ports, wantedBy, style),
  ];
}

/** One line for each port if the width allows it; else interface and source are in a line below it. */
function renderPorts(
  ports: readonly SwitchPort[],
  bridgeBy: RuleSource | null,
  style: StatusStyle,
): string[] {
  const sources = new Map<RuleSource, Cell>();
  const lines = ports.map((port) => toLine(port, bridgeBy, style, sources));
  const widest = widestCells(lines);
  const wide = columnWidths(WIDE, widest, style.width);
  if (wide !== null) return renderTable(WIDE, lines, wide, style.width, style.color);
  // If even the narrow table does not fit, it is shown at its full width.
  const widths = columnWidths(NARROW, widest, style.width) ?? columnWidths(NARROW, widest, Infinity) ?? [];
  return renderTable(NARROW, lines.map(withNotes), widths, style.width, style.color);
}

/** The cells of a line, from the left. */
const CELLS = ['PORT', 'ROLE', 'GUEST', 'INTERFACE', 'PVID', 'TAGGED', 'STATE', 'WANTED BY'] as const;
type CellName = (typeof CELLS)[number];

const columnOf = (title: CellName, limits: Omit<Column, 'title' | 'cell'> = {}): Column => ({
  title,
  cell: CELLS.indexOf(title),
  ...limits,
});

const WIDE: readonly Column[] = [
  columnOf('PORT'),
  columnOf('ROLE'),
  columnOf('GUEST', { cutTo: 16 }),
  columnOf('INTERFACE'),
  columnOf('PVID'),
  columnOf('TAGGED', { wrapTo: 16 }),
  columnOf('STATE'),
  columnOf('WANTED BY'),
];

const NARROW: readonly Column[] = [
  columnOf('PORT'),
  columnOf('ROLE'),
  columnOf('GUEST', { cutTo: 8 }),
  columnOf('PVID'),
  columnOf('TAGGED', { wrapTo: 12 }),
  columnOf('STATE'),
];

/** A port's line, for both widths. Its notes are those of the wide table. */
interface PortLine extends Row {
  /** Empty if the port is not a guest's. */
  readonly nic: string;
  /** Empty if nothing is wanted, or if the same section is shown above the table as the bridge's. */
  readonly by: string;
}

/** @param sources a cache of cells: many ports share a source */
function toLine(
  port: SwitchPort,
  bridgeBy: RuleSource | null,
  style: StatusStyle,
  sources: Map<RuleSource, Cell>,
): PortLine {
  const { name, role, guest, iface, vlans, tunnels, state, wantedBy } = port;
  const drift = describePortDrift(port);
  const nic = iface === null ? '' : `${iface.alias ?? `nic ${iface.nic}`} ${iface.mac ?? ''}`.trim();
  const tagged = taggedText(vlans);
  let by = DIM_NONE;
  if (wantedBy !== null) {
    by = sources.get(wantedBy) ?? cell(sourceText(wantedBy, style), 'dim');
    sources.set(wantedBy, by);
  }
  return {
    cells: [
      cell(name),
      ROLES[role],
      guest === null ? NONE : cell(guest),
      nic === '' ? NONE : cell(nic),
      cell(pvidText(vlans)),
      tagged === '-' ? NONE : cell(tagged),
      STATES[state],
      by,
    ],
    notes: [
      ...(tunnels === null ? [] : [cell(`tunnel: ${describeTunnels(tunnels)}`)]),
      ...(drift === null ? [] : [cell(`drift: ${drift}`, 'bad')]),
    ],
    nic,
    by: wantedBy === null || wantedBy === bridgeBy ? '' : by.text,
  };
}

function withNotes({ cells, notes, nic, by }: PortLine): Row {
  const about = nic === '' || by === '' ? nic + by : `${nic}, ${by}`;
  return about === '' ? { cells, notes } : { cells, notes: [cell(about, 'dim'), ...notes] };
}
