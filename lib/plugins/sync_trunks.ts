import { dirname, join } from 'node:path';
import { formatConfProblem } from '../conf/conf_problem';
import { readBridgeInitConf, type BridgeRule } from '../conf/bridge_init_conf';
import { applyPorts, planTargets, type PortTarget } from '../iproute2/apply_ports';
import { KnownError, type Problem } from '../types';
import type { Host } from '../vlan/host';
import { describePortVlans } from '../vlan/port_vlans';
import { wishForBridge } from '../switch/bridge_target';
import type { PluginCall, PluginIo } from './plugin';

/** The sections of bridge_init.conf, beside this plugin's own conf, whose trunks carry what is needed. */
export function autoTrunkRules(call: PluginCall, io: PluginIo): readonly BridgeRule[] {
  const file = join(dirname(call.conf), 'bridge_init.conf');
  try {
    const { rules, problems } = readBridgeInitConf(io.readText(file) ?? '', file);
    for (const problem of problems) io.log.warning(formatConfProblem(problem));
    return rules.filter(({ autoTrunk }) => autoTrunk !== undefined);
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    io.log.warning(`${error.message}; trunks are left as they are. ${error.hint}`);
    return [];
  }
}

/** Grows or shrinks automatic trunks to what the host's ports need now. The caller holds the lock. */
export async function syncTrunks(
  rules: readonly BridgeRule[],
  host: Host,
  call: PluginCall,
  io: PluginIo,
): Promise<Problem[]> {
  const targets = rules.flatMap((rule): PortTarget[] => {
    const { ports, wish } = wishForBridge(rule, host);
    return ports.flatMap(({ name, vlans }) => {
      const want = wish.ports.get(name);
      return want === undefined
        ? []
        : [{ dev: name, self: false, have: vlans, want, haveFlags: {}, wantFlags: {} }];
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
      hint: `Look at \`bridge vlan show dev ${dev}\`, then run \`bridge_init\`.`,
    });
  }
  return problems;
}
