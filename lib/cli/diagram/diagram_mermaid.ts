import type { Drawing, DrawnBlock, DrawnPort } from './drawing';
import { pvidText, taggedText } from '../../model/vlan/tagged_text';

/** The switches as a flow chart that Markdown viewers draw (mermaid.js.org). */
export function diagramMermaid(drawings: readonly Drawing[]): string {
  const lines = ['flowchart LR'];
  drawings.forEach((drawing, index) => {
    const id = `switch${index}`;
    lines.push(`  ${id}["${quote(drawing.title)}<br/><small>${quote(drawing.subtitle)}</small>"]`);
    const side = (blocks: readonly DrawnBlock[], isLeft: boolean): void =>
      blocks.forEach(({ title, ports }, at) => {
        const block = `${id}${isLeft ? 'trunk' : 'guest'}${at}`;
        const names = isLeft ? ports.map(({ name }) => name).join(', ') : title;
        lines.push(`  ${block}["${quote(names)}"]`);
        for (const port of ports) {
          const words = [...(isLeft ? [] : [quote(port.name)]), ...labelOf(port)];
          const line = words.length === 0 ? '---' : `---|"${words.join('<br/>')}"|`;
          lines.push(isLeft ? `  ${block} ${line} ${id}` : `  ${id} ${line} ${block}`);
        }
      });
    side(
      drawing.left.flatMap(({ title, ports }) => ports.map((port) => ({ title, ports: [port] }))),
      true,
    );
    side(drawing.right, false);
    if (drawing.host !== null) {
      lines.push(`  ${id}host["host<br/>${quote(drawing.host.name)}"]`);
      lines.push(`  ${id} ---|"${labelOf(drawing.host).join('<br/>')}"| ${id}host`);
    }
  });
  return `${lines.join('\n')}\n`;
}

/** The lines of a cable's label. */
function labelOf({ vlans, words }: DrawnPort): string[] {
  if (vlans === null) return words.map(quote);
  const tagged = taggedText(vlans);
  return [`PVID ${pvidText(vlans)}`, ...(tagged === '-' ? [] : [`tagged ${tagged}`])];
}

/**
 * Escapes every character that is special in Mermaid as an HTML entity, which Mermaid writes with # instead of &. `%%{`
 * begins a directive and `%%` a comment anywhere in a line, a backtick begins Markdown.
 */
function quote(text: string): string {
  return text.replace(/["#<>&%{}`\\|;]/g, (char) => `#${char.charCodeAt(0)};`);
}
