import type { Drawing, DrawnBlock } from './drawing';
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
        for (const { name, vlans } of ports) {
          const label = `"${quote(isLeft ? '' : name)}${isLeft ? '' : '<br/>'}PVID ${pvidText(vlans)}${taggedPart(taggedText(vlans))}"`;
          lines.push(isLeft ? `  ${block} ---|${label}| ${id}` : `  ${id} ---|${label}| ${block}`);
        }
      });
    side(
      drawing.left.flatMap(({ title, ports }) => ports.map((port) => ({ title, ports: [port] }))),
      true,
    );
    side(drawing.right, false);
    if (drawing.host !== null) {
      const { name, vlans } = drawing.host;
      lines.push(`  ${id}host["host<br/>${quote(name)}"]`);
      lines.push(`  ${id} ---|"PVID ${pvidText(vlans)}${taggedPart(taggedText(vlans))}"| ${id}host`);
    }
  });
  return `${lines.join('\n')}\n`;
}

function taggedPart(text: string): string {
  return text === '-' ? '' : `<br/>tagged ${text}`;
}

/**
 * Escapes every character that is special in Mermaid as an HTML entity, which Mermaid writes with # instead of &. `%%{`
 * begins a directive and `%%` a comment anywhere in a line, a backtick begins Markdown.
 */
function quote(text: string): string {
  return text.replace(/["#<>&%{}`\\|;]/g, (char) => `#${char.charCodeAt(0)};`);
}
