import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DISPATCH_KEYS } from '../../lib/model/conf/dispatch_conf';
import { PHASES, phaseName, type Phase } from '../../lib/model/libvirt/phases';

const read = (path: string): string => readFileSync(join(__dirname, '../..', path), 'utf8');
const text = read('docs/writing-scripts.md');

const FAILING = { abort: 'aborts', logged: 'reported', report: 'reported, unless `abort`', never: 'never' };
const INPUT = { nothing: '–', domain: "the guest's XML", network: "the network's XML" };

/** A row of the table in the documentation. */
function row(phase: Phase): string[] {
  const folder = `${phaseName({ ...phase, object: '', extra: '' })}.d`;
  const output = phase.isFilter ? 'the new XML' : 'its log';
  return [`\`${folder}\``, INPUT[phase.input], output, FAILING[phase.onFailure], phase.libvirt];
}

describe('docs/writing-scripts.md', () => {
  test('its table of phases is lib/dispatch/phases.ts', () => {
    const table = /<!-- phases.*?-->\n([^]*?)<!-- end -->/.exec(text)?.[1]?.trim().split('\n') ?? [];
    const cells = table.map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
    expect(cells.slice(2)).toEqual(PHASES.map(row));
  });

  test('it tells of every key of dispatch.conf, as does the sample', () => {
    for (const key of Object.keys(DISPATCH_KEYS)) {
      expect(text).toContain(`\`${key}\``);
      expect(read('conf/dispatch.conf')).toMatch(new RegExp(`^#${key} = `, 'm'));
    }
  });

  test.each([
    ['bash', 'ingress_rate.sh'],
    ['Python', 'bridge_map.py'],
    ['TypeScript', 'port_isolation.ts'],
  ])('what it quotes of the example in %s stands there', (language, file) => {
    const code =
      new RegExp(`\n## In ${language}\n[^]*?\`\`\`\\w+\n([^]*?)\`\`\``).exec(text)?.[1] ?? 'nothing';
    expect(read(`docs/examples/${file}`)).toContain(code);
  });

  test('every path that it links to exists', () => {
    const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, path = '']) => path);
    expect(links.length).toBeGreaterThan(5);
    for (const path of links) expect(read(`docs/${path}`)).not.toBe('');
  });
});
