import { dirname, join } from 'node:path';
import { formatConfProblem } from '../conf/conf_problem';
import { readBridgeInitConf, type BridgeRule } from '../conf/bridge_init_conf';
import { applyPorts, planTargets, type PortTarget } from '../iproute2/apply_ports';
import { KnownError, type PortVlans, type Problem } from '../types';
import type { Host } from '../vlan/host';
import { describePortVlans } from '../vlan/port_vlans';
import { wishForBridge } from '../switch/bridge_target';
import type { PluginCall, PluginIo } from './plugin';
import { shellQuote } from '../shell_quote';

/** The sections of bridge_init.conf whose trunks carry what is needed. */
export interface AutoTrunks {
  readonly rules: readonly BridgeRule[];
  /** The file is wrong somewhere: what it says may not be all that it was to say. */
  readonly isUnsure: boolean;
}

/** Those of the hooks' own conf, also where this plugin is given another. */
export function autoTrunkRules(call: PluginCall, io: PluginIo): AutoTrunks {
  const file = join(call.confFolder ?? dirname(call.conf), 'bridge_init.conf');
  try {
    const { rules, problems } = readBridgeInitConf(io.readText(file) ?? '', file);
    for (const problem of problems) io.log.warning(formatConfProblem(problem));
    return {
      rules: rules.filter(({ autoTrunk }) => autoTrunk !== undefined),
      isUnsure: problems.length > 0,
    };
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    io.log.warning(`${error.message}; trunks are left as they are. ${error.hint}`);
    return { rules: [], isUnsure: true };
  }
}

/**
 * Grows or shrinks automatic trunks to what the host's ports need now; while conf is wrong they only grow, as what
 * cannot be read must not lead to a delete. The caller holds the lock.
 */
export async function syncTrunks(
  { rules, isUnsure }: AutoTrunks,
  host: Host,
  call: PluginCall,
  io: PluginIo,
): Promise<Problem[]> {
  const targets = rules.flatMap((rule): PortTarget[] => {
    const { ports, wish } = wishForBridge(rule, host);
    return ports.flatMap(({ name, vlans }) => {
      const wished = wish.ports.get(name);
      if (wished === undefined) return [];
      const want = isUnsure ? grow(vlans, wished) : wished;
      return [{ dev: name, self: false, have: vlans, want, haveFlags: {}, wantFlags: {} }];
    });
  });
  if (call.dryRun) {
    for (const { dev, args } of planTargets(targets))
      io.log.info(`trunk ${dev}: would run bridge ${args.join(' ')}`);
    return [];
  }
  const problems: Problem[] = [];
  for (const [dev, { commands, now, failure }] of await applyPorts(io.exec, targets)) {
    for (const args of commands) io.log.info(`trunk ${dev}: ran bridge ${args.join(' ')}`);
    if (now !== null && commands.length > 0) io.log.info(`trunk ${dev}: now ${describePortVlans(now)}`);
    if (failure === null) continue;
    const message = `trunk ${dev} does not carry what the guests need: ${failure}.`;
    problems.push({
      level: 'error',
      message,
      hint: `Look at \`bridge vlan show dev ${shellQuote(dev)}\`, then run \`bridge_init\`.`,
    });
  }
  return problems;
}

/** All that there is, and what is wanted besides. */
function grow(have: PortVlans, want: PortVlans): PortVlans {
  return { pvid: have.pvid ?? want.pvid, vlans: new Map([...want.vlans, ...have.vlans]) };
}
