import { readHost } from '../iproute2/read_host';
import { applyPorts, planTargets, type PortTarget } from '../iproute2/apply_ports';
import type { WantedPort } from '../match/match_ports';
import type { Problem } from '../types';
import type { Host } from '../vlan/host';
import { describeFlags, type PortFlags } from '../vlan/port_flags';
import { describePortVlans } from '../vlan/port_vlans';
import { checkPort } from './check_port';
import { describeConditions, describeRule } from '../match/describe_rule';
import { isForAll, type PluginCall, type PluginIo } from './plugin';
import { shellName, shellQuote } from '../shell_quote';

/** What came of one port. VLANs are in words, as in `PVID 100, tagged 200,300`. */
export interface PortReport {
  readonly guest: string;
  readonly port: string;
  readonly bridge: string | null;
  /** The interface's place in the guest; null where the guest's XML is not known. */
  readonly nic: number | null;
  readonly mac: string | null;
  readonly alias: string | null;
  /** Which section or metadata wants it so. */
  readonly wantedBy: string;
  readonly found: string | null;
  readonly wanted: string;
  /** The commands that were run; with --dry-run those that would be. */
  readonly commands: readonly string[];
  readonly now: string | null;
  readonly problem: Problem | null;
}

/** Sets the wanted ports, as far as they can be set, and logs what was found, done, and is true now. */
export async function setPorts(
  wanted: readonly WantedPort[],
  host: Host,
  call: PluginCall,
  io: PluginIo,
): Promise<PortReport[]> {
  let asked: Promise<Host['bridges']> | undefined;
  const bridges = (): Promise<Host['bridges']> => (asked ??= readHost(io.exec).then((all) => all.bridges));
  const checks = await Promise.all(wanted.map((port) => checkPort(port, host, io, bridges)));
  const targets = wanted.flatMap((port, index): PortTarget[] => {
    const found = host.ports.get(port.dev);
    if (found === undefined || checks[index]?.canBeSet !== true) return [];
    const { vlans, flags } = port.wish;
    return [
      {
        dev: port.dev,
        self: false,
        have: found.vlans,
        want: vlans,
        haveFlags: found.flags,
        wantFlags: flags,
      },
    ];
  });
  const applied = call.dryRun ? null : await applyPorts(io.exec, targets);
  const planned = call.dryRun ? planTargets(targets) : [];

  return wanted.map((port, index): PortReport => {
    const { dev, iface, rule, wish } = port;
    const result = applied?.get(dev);
    const found = host.ports.get(dev);
    const runs = result?.commands ?? planned.filter((command) => command.dev === dev).map(({ args }) => args);
    const commands = runs.map((args) => `bridge ${args.join(' ')}`);
    const failure = result?.failure ?? null;
    const problem =
      checks[index]?.problem ?? (failure === null ? null : cannotBeSet(port, failure, found?.bridge ?? ''));
    const report = {
      guest: port.guest,
      port: dev,
      bridge: found?.bridge ?? null,
      nic: iface?.nic ?? null,
      mac: iface?.mac ?? null,
      alias: iface?.alias ?? null,
      wantedBy: describeRule(rule),
      found: found === undefined ? null : describe(found.vlans, found.flags, wish.flags),
      wanted: describe(wish.vlans, wish.flags, wish.flags),
      commands,
      now:
        result === undefined || result.now === null
          ? null
          : describe(result.now, result.nowFlags, wish.flags),
      problem,
    };
    // Of hundreds of ports only those count that were not right.
    const isTold = !isForAll(call) || commands.length > 0 || problem !== null;
    if (isTold) logPort(report, describeConditions(rule), iface?.libvirtVlan === true, call, io);
    return report;
  });
}

function describe(vlans: WantedPort['wish']['vlans'], flags: PortFlags, asked: PortFlags): string {
  const shown = Object.fromEntries(Object.entries(flags).filter(([flag]) => Object.hasOwn(asked, flag)));
  return [describePortVlans(vlans), describeFlags(shown)].filter((text) => text !== '').join('; ');
}

function logPort(
  port: PortReport,
  why: string,
  libvirtToo: boolean,
  call: PluginCall,
  { log }: PluginIo,
): void {
  const nic = port.nic === null ? '' : `, interface ${port.nic} (${port.mac ?? 'no MAC'})`;
  const because = why === '' ? '' : ` (${why})`;
  log.info(`${port.port}: guest ${port.guest}${nic}; wanted by ${port.wantedBy}${because}`);
  if (libvirtToo) log.info(`${port.port}: the guest's XML has <vlan> for it too; this conf wins`);
  if (port.found === null) return;
  log.info(`${port.port}: found ${port.found}; wanted ${port.wanted}`);
  for (const command of port.commands)
    log.info(`${port.port}: ${call.dryRun ? 'would run' : 'ran'} ${command}`);
  if (port.now === null) return;
  log.info(
    `${port.port}: now ${port.now}${port.commands.length === 0 && port.problem === null ? ', right already' : ''}`,
  );
}

function cannotBeSet({ guest, dev, wish }: WantedPort, failure: string, bridge: string): Problem {
  return {
    level: 'error',
    message: `port ${dev} of guest ${guest} did not get ${describe(wish.vlans, wish.flags, wish.flags)}: ${failure}.`,
    hint: `Look at \`bridge vlan show dev ${shellQuote(dev)}\` and \`ip -d link show ${shellQuote(bridge)}\`, then run \`vlan_filtering ${shellName(guest)}\`.`,
  };
}
