import { join } from 'node:path';
import { domainXml, HOOKS, installHooks } from '../kernel/hooks';
import { quote } from '../kernel/quote';
import { repositoryRoot } from '../kernel/repository_root';
import { startKernel } from '../kernel/start_kernel';
import { succeed } from '../kernel/succeed';

const PORTS = ['vnet0', 'vnet1', 'vnet2', 'vnet3'];
const RUNS = Number(process.env.RUNS ?? 15);

/** The bars: [what, against what, at most so many times as long]. */
const BARS = [
  ['idle phase', 'sh -c true', 2],
  ['start begin, four ports', 'node -e 0', 2],
  ['start begin, four ports', 'import pyroute2', null],
] as const;

/** What a hook costs, as ratios measured side by side in one run in a real kernel. Exits 1 where a bar is missed. */
async function main(): Promise<void> {
  const kernel = await startKernel();
  try {
    const sections = PORTS.map((dev, i) => `[${dev}]\nguest = VM1\npvid = ${100 + i}\ntagged = 200,300\n`);
    await installHooks(kernel, { vlan_filtering: sections.join('\n') });
    await succeed(kernel, `sed -i "s#@NODE@#$(command -v node)#" ${HOOKS}/qemu`);
    await succeed(kernel, 'ip link add br0 up type bridge vlan_filtering 1');
    for (const dev of PORTS)
      await succeed(kernel, `ip link add ${dev} up type dummy; ip link set ${dev} master br0`);
    const xml = domainXml(
      'VM1',
      PORTS.map((dev) => ({ dev, bridge: 'br0' })),
    );
    await succeed(kernel, 'cat >/run/VM1.xml', { stdin: xml });
    const fresh = PORTS.map(
      (dev) => `vlan del dev ${dev} vid 1-4094\nvlan add dev ${dev} vid 1 pvid untagged\n`,
    );
    await succeed(kernel, 'cat >/run/fresh', { stdin: fresh.join('') });

    const seconds = await measure(kernel, [
      { name: 'sh -c true', argv: ['sh', '-c', 'true'] },
      { name: 'idle phase', argv: [`${HOOKS}/qemu`, 'VM1', 'prepare', 'begin', '-'], stdin: '/run/VM1.xml' },
      { name: 'node -e 0', argv: ['node', '-e', '0'] },
      {
        name: 'start begin, four ports',
        argv: [`${HOOKS}/qemu`, 'VM1', 'start', 'begin', '-'],
        stdin: '/run/VM1.xml',
        before: 'bridge -batch /run/fresh',
      },
      { name: 'import pyroute2', argv: ['/usr/bin/python3', '-c', 'from pyroute2 import IPRoute'] },
    ]);
    process.stdout.write(
      `${RUNS} rounds in ${kernel.kind}; medians of the ratios within a round, and their range:\n\n`,
    );
    for (const [what, against, bar] of BARS) {
      const ratios = (seconds[what] ?? []).map((time, round) => time / (seconds[against]?.[round] ?? NaN));
      const ratio = median(ratios);
      const range = `${Math.min(...ratios).toFixed(2)} … ${Math.max(...ratios).toFixed(2)}`;
      const verdict = bar === null ? '' : ratio <= bar ? `  (bar ${bar}: kept)` : `  (bar ${bar}: MISSED)`;
      if (bar !== null && !(ratio <= bar)) process.exitCode = 1;
      process.stdout.write(
        `  ${`${what} / ${against}`.padEnd(46)}${ratio.toFixed(2)}  (${range})${verdict}\n`,
      );
    }
  } finally {
    await kernel.stop();
  }
}

interface Timed {
  name: string;
  argv: string[];
  stdin?: string;
  before?: string;
}

async function measure(
  kernel: Awaited<ReturnType<typeof startKernel>>,
  commands: Timed[],
): Promise<Record<string, number[]>> {
  const script = join(repositoryRoot(), 'test/bench/measure.py');
  const task = JSON.stringify({ runs: RUNS, commands });
  const output = await succeed(kernel, `/usr/bin/python3 ${quote(script)} ${quote(task)}`, {
    timeoutMs: 900_000,
  });
  return JSON.parse(output) as Record<string, number[]>;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

void main();
