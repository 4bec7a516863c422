import { readSwitches, type HostState } from '../../apply/state/read_switches';
import type { DhcpFrame } from '../../model/dhcp/dhcp_frame';
import { Exit, KnownError } from '../../model/known_error';
import { captureDhcp } from '../../system/tcpdump/capture_dhcp';
import { onInterrupt } from '../../system/process/on_interrupt';
import { oneLine } from '../../text/one_line';
import { shellName } from '../../text/shell_quote';
import { realCheckIo, type CheckIo } from '../check/check_io';
import type { CliContext } from '../command';
import { describeState } from '../explain/describe_state';
import { findGuest, type FoundGuest } from '../../system/libvirt/find_guest';
import { askAgain } from './advise';
import { chooseInterfaces } from './choose_interfaces';
import { describeTags } from './describe_verdict';
import { judge } from './judge';
import { portFindings } from './port_findings';
import { renderTrace } from './render_trace';
import type { Way } from './sightings';
import { traceJson } from './trace_json';
import type { TraceReport } from './trace_report';
import { tracedPorts, type TracedPort, type UnwatchedInterface } from './traced_port';
import { watchPorts, type TraceWorld } from './watch_ports';

/** What is traced, and how it is printed. */
export interface TraceWish {
  readonly guest: string;
  /** A number, a port, a MAC address; undefined: all interfaces. */
  readonly iface: string | undefined;
  readonly seconds: number;
  readonly json: boolean;
}

/** The outside world of the command, in addition to its context. */
export interface TraceIo {
  readonly check: CheckIo;
  readonly world: TraceWorld;
  /** Whether somebody reads standard error. */
  readonly isTerminal: boolean;
}

/** Traces the DHCP of a guest and prints where it ends. Returns 0 if each watched port got an answer, else 1. */
export async function traceGuest(
  wish: TraceWish,
  context: CliContext,
  io: TraceIo = realTraceIo(context),
): Promise<number> {
  const { stdout, stderr, columns, color } = context;
  const found = runningGuest(wish.guest, context);
  await mustHaveTcpdump(context);
  const { ports, unwatched } = await portsOf(found, wish, context);
  const progress = io.isTerminal ? stderr : (): void => undefined;
  const watched = await watchPorts(
    ports,
    wish.seconds,
    io.world,
    () => progress(startText(found.domain.name, ports, wish.seconds)),
    frameTexts(ports, progress),
  );
  const now = await portFindings(io.check, await readState(context), found.domain.name);
  const report: TraceReport = {
    guest: found.domain.name,
    state: found.state ?? 'running',
    results: ports.map((port) => ({ port, verdict: judge(port, watched.seen), now: now(port) })),
    unwatched,
    ended: watched.ended,
    seconds: watched.seconds,
    gaps: watched.gaps,
  };
  const status = report.results.every(({ verdict }) => verdict.code === 'answered') ? Exit.done : Exit.failed;
  stdout(
    wish.json
      ? `${JSON.stringify(traceJson(report, status), null, 2)}\n`
      : renderTrace(report, { width: columns, color }),
  );
  return status;
}

function realTraceIo({ io }: CliContext): TraceIo {
  const world = { captureDhcp, onInterrupt, now: io.now };
  return { check: realCheckIo(io), world, isTerminal: process.stderr.isTTY };
}

function runningGuest(name: string, { io }: CliContext): FoundGuest {
  if (!io.isRoot)
    throw new KnownError(
      'only root may watch the interfaces of this host',
      `Run \`sudo kvmvlan trace-dhcp ${shellName(name)}\`.`,
      Exit.usage,
    );
  const found = findGuest(name, undefined, io);
  if (!found.isRunning)
    throw new KnownError(
      `guest ${name} does not run (${describeState(found.state ?? 'shutoff')})`,
      `Start it with \`virsh start ${shellName(name)}\`, then trace it.`,
      Exit.usage,
    );
  return found;
}

async function mustHaveTcpdump({ io }: CliContext): Promise<void> {
  const { end } = await io.exec('tcpdump', ['--version']);
  if (end.kind === 'not-found')
    throw new KnownError(
      'tcpdump is not installed',
      'Install it (apt-get install tcpdump, or dnf install tcpdump).',
      Exit.usage,
    );
}

function readState({ root, io }: CliContext): Promise<HostState> {
  return readSwitches(root, io);
}

async function portsOf(
  { domain }: FoundGuest,
  wish: TraceWish,
  context: CliContext,
): Promise<{ ports: TracedPort[]; unwatched: UnwatchedInterface[] }> {
  const chosen = chooseInterfaces(domain, wish.iface);
  const { ports, unwatched } = tracedPorts(chosen, await readState(context));
  if (ports.length > 0) return { ports, unwatched };
  const [lost] = unwatched.filter(({ why }) => why === 'no-bridge');
  const name = shellName(domain.name);
  if (lost === undefined)
    throw new KnownError(
      wish.iface === undefined
        ? `guest ${domain.name} has no interface that is a port of a bridge`
        : `interface ${wish.iface} of guest ${domain.name} is not a port of a bridge`,
      `\`kvmvlan inspect ${name}\` shows its interfaces. Only those of the types bridge, network and ethernet have a port.`,
      Exit.usage,
    );
  throw new KnownError(
    `${lost.iface.dev ?? 'the port'} of guest ${domain.name} is in no Linux bridge`,
    `\`sudo kvmvlan explain ${name}\` shows where it should be; \`sudo vlan_filtering ${name}\` puts it back.`,
    Exit.usage,
  );
}

function startText(guest: string, ports: readonly TracedPort[], seconds: number): string {
  const devs = [...new Set(ports.flatMap(({ dev, exits }) => [dev, ...exits.map((exit) => exit.dev)]))];
  const again = ports.map(({ dev }) => `  ${askAgain(guest, dev)}\n`);
  return `Watching ${oneLine(devs.join(', '))} for ${seconds} s; Ctrl-C ends it. To make the guest ask again:\n${again.join('')}`;
}

/** Reports frames of the clients behind these ports, but not those of others on the uplinks. */
function frameTexts(
  ports: readonly TracedPort[],
  progress: (text: string) => void,
): (dev: string, way: Way, frame: DhcpFrame) => void {
  const clients = new Set(ports.map(({ iface }) => iface.mac));
  return (dev, way, { family, type, client, tags }) => {
    const isAtPort = ports.some((port) => port.dev === dev);
    if (isAtPort && way === 'from-guest') clients.add(client);
    if (!clients.has(client)) return;
    const direction = way === 'from-guest' ? '->' : '<-';
    progress(`${oneLine(dev)} ${direction} DHCPv${family} ${type} of ${client}, ${describeTags(tags)}\n`);
  };
}
