import type { ChangeCommand, NetworkChange } from '../../model/network/network_change';
import type { BridgeRequest, MovedVlan, Rendered } from '../backend';
import { bridgeNetdev, bridgeNetwork, guestsNetwork, portNetwork, type Origin } from './bridge_files';
import { losesGuests } from './bridge_vlan_section';
import { canMatch } from './can_match';
import { RELOAD, removeLinks } from './commands';
import { guestsNameBefore, KEPT_FOLDER, prefixBefore, TRIAL_FOLDER } from './file_names';
import { pinIaids, pinToken } from './identity_pins';
import { moveSections } from './move_sections';
import { obstacles } from './obstacles';
import { toProblem, type Finding } from './problems';
import type { NetworkdState } from './state';
import { NEXT_TAP, takerOf } from './taker_of';
import { matchesTap } from './matches_tap';

/** Keys by which one interface's file names another interface. */
const NAMES_OTHERS = ['BindCarrier', 'UplinkInterface', 'IncomingInterface', 'OutgoingInterface'];

/** networkd runs as a user of its own and has to read them. */
const MODE = 0o644;

/** The change that makes systemd-networkd create the bridge. Its files sort before those in effect, which stay as they are. */
export function renderCreation(state: NetworkdState, request: BridgeRequest): Rendered {
  const { bridge, port, vlans } = request;
  const names = [bridge, port.name, ...(port.altNames ?? [])];
  const matching = state.networks.filter((unit) => canMatch(unit, names));
  const prefix = prefixBefore(matching);
  const isTaking = takerOf(NEXT_TAP, bridge, state.networks) !== null;
  const guests = guestsNameBefore(state.networks.filter((unit) => matchesTap(unit, NEXT_TAP)));
  const inTheWay = obstacles(state, request);
  if (prefix === null || (isTaking && guests === null))
    inTheWay.push({ kind: 'sorts-first', file: (matching[0] ?? state.unit).file });
  if (prefix === null || inTheWay.length > 0) return { change: null, problems: inTheWay.map(toProblem) };
  const { texts, findings } = bridgeTexts(state, request);
  const problems = [...findings, ...namedElsewhere(state, port.name)].map(toProblem);
  const named: Record<string, string> = {
    [`${prefix}${bridge}.netdev`]: texts.netdev,
    [`${prefix}${bridge}.network`]: texts.bridge,
    [`${prefix}${port.name}.network`]: texts.port,
    ...(isTaking && guests !== null ? { [guests]: guestsNetwork() } : {}),
  };
  return { change: change(named, bridge, port.name, vlans), problems };
}

function bridgeTexts(
  { unit, identity, version }: NetworkdState,
  request: BridgeRequest,
): { texts: { netdev: string; bridge: string; port: string }; findings: readonly Finding[] } {
  const { port, bridge } = request;
  const origin: Origin = { request, file: unit.file, effective: unit.sections };
  const moved = moveSections(unit.texts, port.name, bridge);
  const iaids = pinIaids(moved.bridge, unit.sections, identity, port.name);
  const token = pinToken(iaids.sections, unit.sections, port);
  return {
    texts: {
      netdev: bridgeNetdev(origin),
      bridge: bridgeNetwork(origin, token.sections),
      port: portNetwork(origin, moved.port),
    },
    findings: [
      ...iaids.findings,
      ...token.findings,
      ...(losesGuests(request.bridgeVlans, version)
        ? [{ kind: 'loses-guests', port: port.name } as const]
        : []),
    ],
  };
}

/** Other files with settings that are about the port by its name. */
function namedElsewhere(state: NetworkdState, port: string): Finding[] {
  return state.networks
    .filter((unit) => unit !== state.unit)
    .flatMap(({ file, sections }) =>
      sections
        .flatMap(({ entries }) => entries)
        .filter(([key, value]) => NAMES_OTHERS.includes(key) && value.split(/\s+/).includes(port))
        .map(([key, value]): Finding => ({ kind: 'named-elsewhere', file, entry: `${key}=${value}`, port })),
    );
}

function change(
  files: Readonly<Record<string, string>>,
  bridge: string,
  port: string,
  vlans: readonly MovedVlan[],
): NetworkChange {
  const all = Object.entries(files);
  // networkd creates a VLAN interface on its new parent only if it does not exist.
  const remove = removeLinks(vlans.map(({ name }) => name));
  const again: ChangeCommand = { command: 'networkctl', args: ['reconfigure', port] };
  return {
    backend: 'systemd-networkd',
    trial: all.map(([name, text]) => ({ path: `${TRIAL_FOLDER}/${name}`, text, mode: MODE, over: null })),
    start: [...remove, RELOAD],
    // If the start got no further than to remove the VLAN interfaces, a reload has no reason to create them again.
    undo: [...remove, RELOAD, ...removeLinks([bridge]), ...(vlans.length > 0 ? [again] : [])],
    kept: all.map(([name, text]) => ({ path: `${KEPT_FOLDER}/${name}`, was: null, text, mode: MODE })),
    settle: [],
  };
}
