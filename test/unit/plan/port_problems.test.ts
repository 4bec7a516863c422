import { join } from 'node:path';
import type { WantedPort } from '../../../lib/model/match/match_ports';
import { misplacedProblem, misplacedWords } from '../../../lib/plan/port_problems';
import type { Misplaced } from '../../../lib/plan/port_place';
import type { Vid } from '../../../lib/model/vlan/vid';
import { expectGolden } from '../golden';

const ALL: readonly Misplaced[] = [
  { code: 'of-others', guests: ['db1'] },
  { code: 'claimed-by-others', guests: ['db1', 'db2'] },
  { code: 'not-there' },
  { code: 'trunk' },
  { code: 'no-tap', kind: null },
  { code: 'no-tap', kind: 'dummy' },
  { code: 'in-no-bridge' },
  { code: 'in-other-bridge', bridge: 'br1', expected: 'br0' },
  { code: 'cuts-tunnel', vids: [10 as Vid] },
  { code: 'not-filtering', bridge: 'br0' },
];

test('what is wrong with a port, in few words and in many', () => {
  const rule = { origin: 'conf', place: { file: 'f.conf', line: 3 }, label: 'web' };
  const port = { dev: 'vnet0', guest: 'VM1', iface: {}, rule } as unknown as WantedPort;
  const lines = ALL.flatMap((misplaced) => {
    const { level, message, hint } = misplacedProblem(misplaced, port);
    return [misplacedWords(misplaced), `  ${level}: ${message} ${hint}`];
  });
  lines.push(misplacedProblem({ code: 'not-there' }, { ...port, iface: null }).message);
  expectGolden(join(__dirname, 'golden/misplaced.txt'), lines.join('\n'));
});
