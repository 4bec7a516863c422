import { paint } from '../../text/paint';
import { oneLine } from '../../text/one_line';
import {
  cell,
  columnWidths,
  renderTable,
  widestCells,
  type Cell,
  type Column,
  type Row,
} from '../../text/table';
import { wrap } from '../../text/text';
import type { RoutedInterface, RoutedUplink, RoutedView } from '../../plan/routes/routed_view';
import {
  addressesOf,
  describeAddressDrift,
  describeLeftOver,
  describeRoutedState,
  tableText,
} from './describe_routes';
import { renderList } from './render_list';
import { sourceText } from './source_text';
import type { StatusStyle } from './status_style';

const STATES = {
  ok: cell('ok', 'good'),
  drift: cell('drift', 'bad'),
  arriving: cell('arriving', 'warn'),
  leaving: cell('leaving', 'warn'),
} as const;
const NOTHING = cell('');

/** The cells of a line, from the left. */
const CELLS = ['TAP', 'GUEST', 'INTERFACE', 'ADDRESS', 'TABLE', 'STATE', 'WANTED BY'] as const;

const columnOf = (title: (typeof CELLS)[number], limits: Omit<Column, 'title' | 'cell'> = {}): Column => ({
  title,
  cell: CELLS.indexOf(title),
  ...limits,
});

const NARROW: readonly Column[] = [
  columnOf('TAP'),
  columnOf('GUEST', { cutTo: 8 }),
  columnOf('ADDRESS'),
  columnOf('TABLE'),
  columnOf('STATE'),
];

const WIDE: readonly Column[] = [
  columnOf('TAP'),
  columnOf('GUEST', { cutTo: 16 }),
  columnOf('INTERFACE'),
  columnOf('ADDRESS'),
  columnOf('TABLE'),
  columnOf('STATE'),
  columnOf('WANTED BY'),
];

/** The blocks of `kvmvlan status` about routed interfaces: a table for each uplink, then what is left over. */
export function renderRouted({ interfaces, uplinks, others }: RoutedView, style: StatusStyle): string[] {
  const blocks = uplinks.map((uplink) =>
    [
      ...head(uplink, style),
      ...table(
        interfaces.filter(({ tap }) => tap.wish.uplink === uplink.name),
        style,
      ),
    ].join('\n'),
  );
  const items = describeLeftOver(others).map((text) => ({ text, tone: 'bad' as const }));
  return items.length === 0 ? blocks : [...blocks, renderList('Routes of no guest', items, style)];
}

function head({ name, forwards }: RoutedUplink, { width, color }: StatusStyle): string[] {
  const onOff = (is: boolean): string => (is ? 'on' : 'off');
  const shown = name === null ? 'Routed by others' : `Routed over ${oneLine(name)}`;
  const about = `IPv4 forwarding ${onOff(forwards[4])}, IPv6 forwarding ${onOff(forwards[6])}`;
  return wrap(`${shown}: ${about}`, width).map((line, index) =>
    index === 0 ? line.replace(shown, () => paint(shown, 'bold', color)) : `  ${line}`,
  );
}

function table(interfaces: readonly RoutedInterface[], style: StatusStyle): string[] {
  const rows = (isWide: boolean): Row[] => interfaces.flatMap((one) => toRows(one, isWide, style));
  const wide = rows(true);
  const widths = columnWidths(WIDE, widestCells(wide), style.width);
  if (widths !== null) return renderTable(WIDE, wide, widths, style.width, style.color);
  const narrow = rows(false);
  const widest = widestCells(narrow);
  // If even the narrow table does not fit, it is shown at its full width.
  const fitting = columnWidths(NARROW, widest, style.width) ?? columnWidths(NARROW, widest, Infinity) ?? [];
  return renderTable(NARROW, narrow, fitting, style.width, style.color);
}

/** A line for each address; the first one also has what is said once for each interface. */
function toRows(routed: RoutedInterface, isWide: boolean, style: StatusStyle): Row[] {
  const { tap, alias, state } = routed;
  const nic = `${alias ?? ''} ${tap.mac}`.trim();
  const by = sourceText(tap.source, style);
  return addressesOf(tap).map((address, place): Row => {
    const isFirst = place === 0;
    const drift = describeAddressDrift(routed, address);
    const whole = isFirst ? describeRoutedState(routed) : null;
    const words = [drift, whole].filter((word) => word !== null).join(', ');
    // The other addresses of an interface with drift may be as wanted.
    const own = state === 'drift' && words === '' && !routed.isRefused ? 'ok' : state;
    return {
      cells: [
        isFirst ? cell(tap.dev) : NOTHING,
        isFirst ? cell(tap.guest) : NOTHING,
        isFirst ? cell(nic) : NOTHING,
        cell(address),
        cell(tableText(tap)),
        STATES[own],
        isFirst ? cell(by, 'dim') : NOTHING,
      ],
      notes: [
        ...(isFirst && !isWide ? [cell(`${nic}, ${by}`, 'dim')] : []),
        ...(words === '' ? [] : [noteOf(state, words)]),
      ],
    };
  });
}

function noteOf(state: RoutedInterface['state'], words: string): Cell {
  return cell(`${state}: ${words}`, STATES[state].tone);
}
