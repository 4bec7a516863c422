import type { HostState } from '../../apply/state/read_switches';
import type { CheckIo } from '../check/check_io';
import type { FrameFacts } from '../check/facts';
import type { Finding } from '../check/finding';
import { readFirmware } from '../check/read_firmware';
import { readNetwork } from '../check/read_network';
import { runFrameItems } from '../check/run_items';
import type { SwitchPort } from '../../plan/switch/switch';
import { uplinksAmong, type TracedPort } from './traced_port';

/** What is known about a port now, beyond the frames that passed it. */
export interface PortState {
  /** Whether the guest has connected its end; null: the port has vanished. */
  readonly hasCarrier: boolean | null;
  /** As a port of its bridge: forwarding, blocking, disabled …; null: not known. */
  readonly state: string | null;
  /** What `kvmvlan check` finds about this port, its bridge and the uplinks. */
  readonly findings: readonly Finding[];
}

/** Checks what can keep frames from ports: like `kvmvlan check`, but only for these ports of a guest. */
export async function portFindings(
  io: CheckIo,
  state: HostState,
  guest: string,
): Promise<(port: TracedPort) => PortState> {
  const network = await readNetwork(io);
  const firmware = readFirmware(io);
  return (port) => {
    const facts = { ...network, firmware, ...factsAbout(port, guest, state), isRoot: io.plugin.isRoot };
    // This item is about the network behind the uplink, also if the level is `ok`.
    const isWorthy = ({ level, item }: Finding): boolean => level !== 'ok' || item === 'provider';
    return {
      hasCarrier: state.host.ports.get(port.dev)?.isUp ?? null,
      state: network.links?.get(port.dev)?.portState ?? null,
      findings: runFrameItems(facts).filter(isWorthy),
    };
  };
}

type StateFacts = Omit<FrameFacts, 'isRoot' | 'bridgeLinks' | 'links' | 'fdb' | 'netfilter' | 'firmware'>;

/** The host as if this port of a guest and the uplinks of its bridge were all that it had. */
function factsAbout(port: TracedPort, guest: string, state: HostState): StateFacts {
  const { dev, bridge } = port;
  const isHere = (name: string): boolean => name === bridge.name;
  return {
    state: {
      ...state,
      switches: state.switches
        .filter((one) => isHere(one.bridge.name))
        .map((one) => ({ ...one, ports: one.ports.filter((each) => matters(each, port)) })),
      targets: state.targets.filter(({ rule }) => isHere(rule.bridge)),
      matches: state.matches.filter((match) => match.guest === guest),
      missing: state.missing.filter(({ name }) => name === dev),
    },
    stateError: null,
    bridgeInit: { ...state.bridgeInit, rules: state.bridgeInit.rules.filter((rule) => isHere(rule.bridge)) },
    vlanFiltering: state.vlanFiltering,
    running: state.domains,
    // Which VLANs other guests need does not matter here.
    stopped: null,
  };
}

function matters({ role, name, iface }: SwitchPort, port: TracedPort): boolean {
  if (name === port.dev) return true;
  // Another guest with the same MAC address takes the answers.
  if (role === 'guest') return iface !== null && iface.mac !== null && iface.mac === port.iface.mac;
  return uplinksAmong(port.exits).some(({ dev }) => dev === name);
}
