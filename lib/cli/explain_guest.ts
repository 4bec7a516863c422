import { join } from 'node:path';
import { readVlanFilteringConf } from '../conf/vlan_filtering_conf';
import { loadDispatchConf } from '../dispatch/load_dispatch_conf';
import { PHASES } from '../dispatch/phases';
import { readHost } from '../iproute2/read_host';
import { matchPorts } from '../match/match_ports';
import { matchProblems } from '../plugins/match_problems';
import { toGuest } from '../plugins/read_guests';
import { Exit, KnownError } from '../types';
import { describeState } from '../view/describe_state';
import { explanation, type Explanation } from '../view/explanation';
import type { Host } from '../vlan/host';
import { asStarted } from './as_started';
import type { CliContext } from './command';
import { explainInterfaces } from './explain_interfaces';
import { planScripts } from './explain_scripts';
import { findGuest } from './inspect_guest';
import { networkBridge } from './network_bridge';

/** Tells what would happen to a guest in each phase, and prints it. Throws KnownError where there is no such guest. */
export async function explainGuest(name: string, json: boolean, context: CliContext): Promise<number> {
  const told = await explain(name, context);
  context.stdout(json ? `${JSON.stringify({ format: 1, ...told }, null, 2)}\n` : explanation(told));
  return Exit.done;
}

async function explain(name: string, { root, io }: CliContext): Promise<Explanation> {
  const { domain, state, file, isRunning } = findGuest(name, undefined, io);
  const guest = toGuest(isRunning ? domain : asStarted(domain, (network) => networkBridge(network, io)));
  const problems: string[] = [];
  const confFile = join(root, 'conf', 'vlan_filtering.conf');
  const text = io.readText(confFile);
  if (text === null)
    problems.push(`there is no ${confFile}: no guest of it starts; run install.sh, or create it.`);
  const conf = readVlanFilteringConf(text ?? '', confFile);
  let host: Host | null = null;
  try {
    host = await readHost(io.exec, true);
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    problems.push(`${error.message}. ${error.hint}`);
  }
  const match = matchPorts(conf, guest);
  problems.push(
    ...matchProblems({ ...match, withoutTap: [] }).map(({ message, hint }) => `${message} ${hint}`),
  );
  const dispatchConf = loadDispatchConf(root, (line) => problems.push(line));
  return {
    guest: domain.name,
    state: describeState(state ?? 'nostate'),
    file,
    interfaces: explainInterfaces(conf, guest, host),
    phases: PHASES.filter(({ driver, operation }) => driver === 'qemu' && operation !== 'attach').map(
      ({ operation, suboperation, libvirt }) => {
        const call = { driver: 'qemu', object: domain.name, operation, suboperation, extra: '-' };
        const scripts = planScripts(root, call, dispatchConf).map(
          ({ script, conf: rules, skip, version }) => ({
            name: script.name,
            path: script.path,
            skip,
            isOurs: version !== null,
            timeout: rules.timeout,
            onFailure: rules.onFailure,
          }),
        );
        return { operation, suboperation, libvirt, scripts };
      },
    ),
    problems: [...new Set(problems)],
  };
}
