import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { domainXml, HOOKS, installHooks, interfaceXml } from '../kernel/hooks';
import { quote } from '../kernel/quote';
import { repositoryRoot } from '../kernel/repository_root';
import { startKernel } from '../kernel/start_kernel';
import { writeStatusTexts } from '../kernel/status_file';
import { succeed } from '../kernel/succeed';

const PORTS = ['vnet0', 'vnet1', 'vnet2', 'vnet3'];
const RUNS = Number(process.env.RUNS ?? 15);

/** The bars: [what, less what, against what, at most so many times as long]. */
const BARS = [
  ['idle phase', null, 'sh -c true', 2],
  ['start begin, four ports', null, 'node -e 0', 2],
  ['start begin, four ports', null, 'import pyroute2', null],
  ['kvmvlan status, 200 ports', 'its bridge and ip', 'node -e 0', 2],
] as const;

/** What `kvmvlan status` asks the kernel by: that part of its time is not its own. */
const STATUS_TOOLS = `bridge -j vlan show; ip -j -d addr show`;

/** What a hook costs, as ratios measured side by side in one run in a real kernel. Exits 1 where a bar is missed. */
async function main(): Promise<void> {
  const kernel = await startKernel();
  try {
    const sections = PORTS.map((dev, i) => `[${dev}]\nguest = VM1\npvid = ${100 + i}\ntagged = 200,300\n`);
    await installHooks(kernel, {
      vlan_filtering: [...sections, '[crowd]\nguest = guest*\nbridge = br1\npvid = 1\n'].join('\n'),
      bridge_init: '[br1]\ntrunk-port = eth1\ntrunk-pvid = 1\nbr-pvid = 1\n',
    });
    await succeed(kernel, `sed -i "s#@NODE@#$(command -v node)#" ${HOOKS}/qemu ${HOOKS}/bin/kvmvlan`);
    await succeed(kernel, 'ip link add br0 up type bridge vlan_filtering 1');
    for (const dev of PORTS)
      await succeed(kernel, `ip tuntap add dev ${dev} mode tap; ip link set ${dev} up master br0`);
    const xml = domainXml(
      'VM1',
      PORTS.map((dev) => ({ dev, bridge: 'br0' })),
    );
    await succeed(kernel, 'cat >/run/VM1.xml', { stdin: xml });
    const fresh = PORTS.map(
      (dev) => `vlan del dev ${dev} vid 1-4094\nvlan add dev ${dev} vid 1 pvid untagged\n`,
    );
    await succeed(kernel, 'cat >/run/fresh', { stdin: fresh.join('') });

    await crowd(kernel, 200);
    // What V8 keeps of a program is what its first call needed: the worst that status may find.
    await succeed(kernel, `sleep 2; ${HOOKS}/bin/kvmvlan --version`);

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
      {
        name: 'kvmvlan status, 200 ports',
        argv: [`${HOOKS}/bin/kvmvlan`, 'status'],
      },
      { name: 'its bridge and ip', argv: ['sh', '-c', STATUS_TOOLS] },
      { name: 'import pyroute2', argv: ['/usr/bin/python3', '-c', 'from pyroute2 import IPRoute'] },
    ]);
    process.stdout.write(
      `${RUNS} rounds in ${kernel.kind}; medians of the ratios within a round, and their range:\n\n`,
    );
    for (const [what, less, against, bar] of BARS) {
      const inRound = (name: string | null, round: number): number =>
        name === null ? 0 : (seconds[name]?.[round] ?? NaN);
      const ratios = Array.from(
        { length: RUNS },
        (_, round) => (inRound(what, round) - inRound(less, round)) / inRound(against, round),
      );
      const ratio = median(ratios);
      const range = `${Math.min(...ratios).toFixed(2)} … ${Math.max(...ratios).toFixed(2)}`;
      const verdict = bar === null ? '' : ratio <= bar ? `  (bar ${bar}: kept)` : `  (bar ${bar}: MISSED)`;
      if (bar !== null && !(ratio <= bar)) process.exitCode = 1;
      process.stdout.write(
        `  ${`${less === null ? what : `(${what} - ${less})`} / ${against}`.padEnd(60)}${ratio.toFixed(2)}  (${range})${verdict}\n`,
      );
    }
  } finally {
    await kernel.stop();
  }
}

/** So many ports in all: a trunk, the bridge itself, and guests of two ports each, all as conf says. */
async function crowd(kernel: Awaited<ReturnType<typeof startKernel>>, ports: number): Promise<void> {
  const guests = Array.from({ length: (ports - 2) / 2 }, (_, guest) => `guest${guest}`);
  const batch = guests.flatMap((_, guest) =>
    [0, 1].map(
      (nic) => `tuntap add dev tap${guest}.${nic} mode tap\nlink set tap${guest}.${nic} up master br1`,
    ),
  );
  await succeed(kernel, 'ip link add br1 up type bridge vlan_filtering 1; ip -batch -', {
    stdin: ['link add eth1 up master br1 type dummy', ...batch, ''].join('\n'),
  });
  const xml = readFileSync(
    join(repositoryRoot(), 'test/fixtures/libvirt-9.0.0/qemu_started_begin.xml'),
    'utf8',
  );
  const [before = ''] = xml.split('<interface');
  const after = xml.slice(xml.lastIndexOf('</interface>') + '</interface>'.length);
  const domains = guests.map((name, guest) => {
    const interfaces = [0, 1].map((nic) => interfaceXml({ dev: `tap${guest}.${nic}`, bridge: 'br1' }, nic));
    return [name, before.replace(/<name>.*<.name>/, `<name>${name}</name>`) + interfaces.join('\n') + after];
  });
  await writeStatusTexts(kernel, Object.fromEntries(domains) as Record<string, string>);
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
