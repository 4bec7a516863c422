import { isDeepStrictEqual } from 'node:util';
import { whoHearsEach, type Frame, type Heard } from '../frames';
import type { Kernel } from '../kernel';
import { PEOPLE, type Case } from './example';

/** Sends the frames and tells in words who heard each. Returns whether all was as expected. */
export async function tell(kernel: Kernel, cases: Case[], say: (line: string) => void): Promise<boolean> {
  const heard = await whoHearsEach(
    kernel,
    cases.map(({ frame }) => frame),
  );
  const right = cases.map(({ frame, expected }, index) => {
    const actual = heard[index] ?? {};
    const asExpected = isDeepStrictEqual(actual, expected);
    say(`  ${sender(frame).padEnd(28)} ${asExpected ? listeners(actual) : complaint(actual, expected)}`);
    return asExpected;
  });
  return right.every(Boolean);
}

function sender({ from, vid }: Frame): string {
  const tag = vid === undefined ? 'untagged' : `on VLAN ${vid.toString()}`;
  return `${PEOPLE[from] ?? from} sends ${tag}:`;
}

function listeners(heard: Heard): string {
  const names = Object.keys(PEOPLE).filter((name) => name in heard);
  const words = names.map((name) => {
    const tag = heard[name];
    return `${PEOPLE[name] ?? name} (${typeof tag === 'number' ? `VLAN ${tag}` : (tag ?? '')})`;
  });
  return words.length === 0 ? 'nobody hears it' : `heard by ${words.join(', ')}`;
}

function complaint(actual: Heard, expected: Heard): string {
  return `WRONG: ${listeners(actual)}; expected: ${listeners(expected)}`;
}
