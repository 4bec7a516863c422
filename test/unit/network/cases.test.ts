import { join } from 'node:path';
import { describeContradiction } from '../../../lib/network/contradiction_problems';
import { findManagers } from '../../../lib/network/find_managers';
import type { ManagedBridge } from '../../../lib/network/manager';
import { caseNames, expectGolden } from '../golden';
import { CASES, readRecording } from './recording';

function inWords({ bridge, managers, contradictions, unreadable }: ManagedBridge): string {
  const who = managers.map(
    ({ name, file, netplan }) => `${name}${netplan ? ' by netplan' : ''}: ${file ?? '?'}`,
  );
  return [
    `${bridge}: ${who.join(', ') || 'nobody'}`,
    ...unreadable.map((file) => `unreadable: ${file}`),
    ...contradictions.flatMap((found) => {
      const { message, remedy } = describeContradiction(found);
      return [`${found.level} ${found.code}`, `  ${message}`, `  $ ${remedy}`];
    }),
  ].join('\n');
}

test.each(caseNames(CASES))('%s', async (name) => {
  const { host, intents } = await readRecording(name);
  const found = await findManagers(host.networkFiles(), host.exec, intents);
  expectGolden(join(CASES, name, 'expected.txt'), found.map(inWords).join('\n'));
});
