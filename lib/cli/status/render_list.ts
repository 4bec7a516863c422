import { paint } from '../../text/paint';
import type { Cell } from '../../text/table';
import { wrap } from '../../text/text';
import type { StatusStyle } from './status_style';

/** A title and a line for each item; longer items are wrapped. */
export function renderList(
  title: string,
  items: readonly Pick<Cell, 'text' | 'tone'>[],
  { width, color }: StatusStyle,
): string {
  const lines = items.flatMap(({ text, tone }) =>
    wrap(text, width - 4).map((line, index) => `${index === 0 ? '  ' : '    '}${paint(line, tone, color)}`),
  );
  return [`${title}:`, ...lines].join('\n');
}
