import type { Drawing, DrawnBlock, DrawnPort } from './drawing';
import { pvidText, taggedText } from '../../model/vlan/tagged_text';
import { fit, textWidth, wrap } from '../../text/text';

/** One side of the switch, line by line. */
interface SideLine {
  /** Inside the switch: PVID or VIDs. */
  readonly inner: string;
  /** null: no port in this line. */
  readonly port: string | null;
  /** The text inside the box of the guest or trunk. */
  readonly outer: string;
  readonly edge: 'top' | 'inside' | 'bottom' | 'none';
}

/** Longer lists of VIDs continue in the next line. */
const LIST_WIDTH = 22;
const TITLE_WIDTH = 32;
const ASCII: Readonly<Record<string, string>> = {
  '┌': '+',
  '┐': '+',
  '└': '+',
  '┘': '+',
  '├': '+',
  '┤': '+',
  '┬': '+',
  '┴': '+',
  '─': '-',
  '│': '|',
};

/** Draws the switch with box characters, or with `+-|`, at any width that it needs. */
export function diagramText(drawing: Drawing, isAscii = false): string {
  const left = sideLines(drawing.left);
  const right = sideLines(drawing.right);
  const height = Math.max(left.length, right.length, 1);
  const innerLeft = widest(left.map(({ inner }) => inner));
  const innerRight = widest(right.map(({ inner }) => inner));
  const titles = [drawing.title, drawing.subtitle];
  const inside = Math.max(innerLeft + innerRight + 3, widest(titles), 12);
  const nameLeft = widest(left.map(({ port }) => port ?? ''));
  const nameRight = widest(right.map(({ port }) => port ?? ''));
  const boxLeft = widest(left.map(({ outer }) => outer));
  const boxRight = widest(right.map(({ outer }) => outer));
  const margin = left.length === 0 ? 0 : boxLeft + nameLeft + 10;
  const pad = ' '.repeat(margin);
  const rows = [
    `${pad}┌${'─'.repeat(inside + 2)}┐`,
    ...titles.map((title) => `${pad}│${center(title, inside + 2)}│`),
    `${pad}├${'─'.repeat(inside + 2)}┤`,
  ];
  for (let at = 0; at < height; at++) {
    const l = left[at];
    const r = right[at];
    const before = left.length === 0 ? '' : leftLine(l, boxLeft, nameLeft);
    const after = right.length === 0 ? '' : rightLine(r, boxRight, nameRight);
    const middle =
      (l?.inner ?? '') +
      ' '.repeat(inside - textWidth(l?.inner ?? '') - innerRight) +
      fit(r?.inner ?? '', innerRight);
    const [open, close] = [portMark(l, '┤'), portMark(r, '├')];
    rows.push(`${before}${open} ${middle} ${close}${after}`.trimEnd());
  }
  rows.push(...hostLines(drawing.host, margin, inside + 2));
  const text = `${rows.map((row) => row.trimEnd()).join('\n')}\n`;
  return isAscii ? text.replace(/[\u2500-\u253c]/g, (char) => ASCII[char] ?? char) : text;
}

function portMark(line: SideLine | undefined, mark: string): string {
  return line === undefined || line.port === null ? '│' : mark;
}

/** Each block is a box; an empty line separates boxes. Each port has as many lines as its VIDs need. */
function sideLines(blocks: readonly DrawnBlock[]): SideLine[] {
  return blocks.flatMap(({ title, ports }) => {
    const lines = ports.flatMap((port, index): SideLine[] => {
      const label = port.detail === '' ? port.name : `${port.name} ${port.detail}`;
      const [first = '', ...others] = portWords(port);
      const outer = index > 0 ? '' : textWidth(title) > TITLE_WIDTH ? fit(title, TITLE_WIDTH) : title;
      return [
        { inner: first, port: label, outer, edge: 'inside' },
        ...others.map((inner) => ({ inner, port: null, outer: '', edge: 'inside' as const })),
      ];
    });
    const border = { inner: '', port: null, outer: '' };
    return [{ ...border, edge: 'top' as const }, ...lines, { ...border, edge: 'bottom' as const }];
  });
}

/** `PVID 100`, then `tagged 200,300` in lines; or the addresses. */
export function portWords({ vlans, words, state }: DrawnPort): string[] {
  const mark = ['ok', 'unmanaged', 'libvirt'].includes(state) ? '' : ` (${state})`;
  if (vlans === null) {
    const [first = '', ...others] = words;
    return [`${first}${mark}`, ...others];
  }
  const tagged = taggedText(vlans);
  return [`PVID ${pvidText(vlans)}${mark}`, ...(tagged === '-' ? [] : wrap(tagged, LIST_WIDTH))];
}

function leftLine(line: SideLine | undefined, box: number, name: number): string {
  const cable = cableOf(line, name);
  return `${boxOf(line, box, '├')}${cable}`;
}

function rightLine(line: SideLine | undefined, box: number, name: number): string {
  return `${cableOf(line, name)}${boxOf(line, box, '┤')}`;
}

function cableOf(line: SideLine | undefined, width: number): string {
  if (line === undefined || line.port === null) return ' '.repeat(width + 6);
  const rest = width - textWidth(line.port);
  return `── ${line.port} ${'─'.repeat(rest + 2)}`;
}

function boxOf(line: SideLine | undefined, width: number, mark: '├' | '┤'): string {
  if (line === undefined || line.edge === 'none') return ' '.repeat(width + 4);
  if (line.edge === 'top') return `┌${'─'.repeat(width + 2)}┐`;
  if (line.edge === 'bottom') return `└${'─'.repeat(width + 2)}┘`;
  const [open, close] = [
    mark === '┤' && line.port !== null ? '┤' : '│',
    mark === '├' && line.port !== null ? '├' : '│',
  ];
  return `${open} ${fit(line.outer, width)} ${close}`;
}

function hostLines(host: DrawnPort | null, margin: number, inside: number): string[] {
  const pad = ' '.repeat(margin);
  if (host === null) return [`${pad}└${'─'.repeat(inside)}┘`];
  const before = Math.floor((inside - 1) / 2);
  const tagged = host.vlans === null ? '-' : taggedText(host.vlans);
  const label = `${portWords(host)[0] ?? ''}${tagged === '-' ? '' : `, tagged ${tagged}`}`;
  const box = pad + ' '.repeat(before - 4);
  return [
    `${pad}└${'─'.repeat(before)}┬${'─'.repeat(inside - before - 1)}┘`,
    `${pad} ${' '.repeat(before)}│ ${label}`,
    `${box}┌────┴────┐`,
    `${box}│  host   │ ${host.name}`,
    `${box}└─────────┘`,
  ];
}

function center(text: string, width: number): string {
  const before = Math.floor((width - textWidth(text)) / 2);
  return fit(' '.repeat(before) + text, width);
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(textWidth));
}
