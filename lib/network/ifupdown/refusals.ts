import type { Problem } from '../../model/problem';
import { matchesGlob } from '../../text/glob';
import type { BridgeRequest } from '../backend';
import { isAboutLink, isCommand, isNaming } from './commands_of_stanza';
import type { Dialect } from './dialect';
import { ifaceHead, keyOf, type Stanza } from './interfaces_text';
import { isUnclear } from './read_interfaces';
import { inheritedOptions, methodOf } from './inherited_options';
import type { IfupdownState } from './snapshot';
import {
  addressFromSecret,
  clientSettings,
  commandNamesPort,
  foreignVlan,
  heirOfPort,
  idleVlan,
  inheritedLink,
  manualStart,
  mappedStanza,
  noStanza,
  stanzaOfBridge,
  supplicantOnPort,
  unclearLine,
} from './problems';
import { isStarted } from './start_lines';

/** The reasons why stanzas cannot be moved to a bridge. */
export function refusals(
  all: readonly Stanza[],
  { stanza }: Pick<IfupdownState, 'stanza'>,
  request: BridgeRequest,
  dialect: Dialect,
): Problem[] {
  const { port, bridge, vlans } = request;
  const named = (name: string): Stanza[] => all.filter((each) => ifaceHead(each)?.name === name);
  const mapped = [port.name, bridge].filter((name) => all.some(({ head }) => maps(head?.words ?? [], name)));
  const heirs = all.filter((each) => ifaceHead(each)?.parents.includes(port.name));
  const isVlan = (name: string): boolean => vlans.some((vlan) => vlan.name === name);
  const stale = [
    ...new Set(all.filter((each) => isVlanOf(each, port.name)).map((each) => ifaceHead(each)?.name ?? '')),
  ];
  const unclear = all.filter(({ head }) => isUnclear(head?.words ?? []));
  const inherited = named(port.name).flatMap((each) => inheritedOptions(each, all));
  const supplicant = [...named(port.name).flatMap(({ body }) => body), ...inherited].find((option) =>
    keyOf(option).startsWith('wpa-'),
  );
  // The MTU is set on both, and a description hurts nobody.
  const links = inherited.filter(
    (option) => !isCommand(option) && isAboutLink(option) && !['mtu', 'description'].includes(keyOf(option)),
  );
  return [
    ...dialect.refusals(request, all),
    ...(named(port.name).length > 0 || stanza !== port.name ? [] : [noStanza(port.name)]),
    ...unclear.map(({ head }) => unclearLine(head?.words ?? [])),
    ...(supplicant === undefined ? [] : [supplicantOnPort(port.name, keyOf(supplicant))]),
    ...(links.length === 0 || supplicant !== undefined
      ? []
      : [inheritedLink(request, [...new Set(links.map(keyOf))])]),
    ...(stanza === port.name && mapped.length === 0
      ? []
      : [mappedStanza(port.name, stanza === port.name ? mapped : [port.name])]),
    ...(named(bridge).length === 0 ? [] : [stanzaOfBridge(bridge)]),
    ...heirs.map((heir) => heirOfPort(request, ifaceHead(heir)?.name ?? '')),
    ...vlans.flatMap((vlan) => {
      const [first] = named(vlan.name);
      const link = request.network.links.get(vlan.name);
      const isMovable =
        first !== undefined && dialect.vlan({ stanza: first, vlan, link, isFirst: true }, request) !== null;
      return isMovable ? [] : [foreignVlan(request, vlan)];
    }),
    ...stale.filter((name) => !isVlan(name)).map((name) => idleVlan(request, name)),
  ];
}

/** What is not kept exactly. `moved` are the stanzas with the bridge; lines that were written for it have no number. */
export function warnings(
  all: readonly Stanza[],
  moved: readonly Stanza[],
  state: IfupdownState,
  request: BridgeRequest,
): Problem[] {
  const { port, bridge } = request;
  const literal = moved
    .filter((stanza) => ifaceHead(stanza)?.name !== port.name)
    .flatMap(({ body }) => body.filter((option) => option.line > 0 && isNaming(option, port.name)));
  const isDhcp = moved.some(
    (stanza) => ifaceHead(stanza)?.name === bridge && methodOf(stanza, moved) === 'dhcp',
  );
  const confs = state.clientConfs.filter(({ text }) =>
    text
      .split('\n')
      .some((line) =>
        new RegExp(`^\\s*interface\\s+"?${port.name.replaceAll('.', '\\.')}"?[\\s{]*$`).test(line),
      ),
  );
  const hasStable = port.addresses.some(
    ({ family, scope, isDynamic, isTemporary }) =>
      family === 6 && scope === 'global' && isDynamic && !isTemporary,
  );
  return [
    ...(isStarted(all, port.name) ? [] : [manualStart(request)]),
    ...literal.map(({ words }) => commandNamesPort(request, words)),
    ...(isDhcp ? confs : []).map(({ path }) => clientSettings(request, path)),
    ...(hasStable && ['random', 'stable_secret'].includes(port.addrGenMode ?? '')
      ? [addressFromSecret(port, bridge)]
      : []),
  ];
}

function maps([first, ...patterns]: readonly string[], name: string): boolean {
  return first === 'mapping' && patterns.some((pattern) => matchesGlob(pattern, name));
}

/** Whether a stanza makes a VLAN interface on the port. */
function isVlanOf(stanza: Stanza, port: string): boolean {
  const name = ifaceHead(stanza)?.name;
  if (name === undefined) return false;
  const raw = stanza.body.find(({ words }) => /^vlan[-_]raw[-_]device$/.test(words[0] ?? ''))?.words[1];
  return (raw ?? name.replace(/\.\d+(:.*)?$/, '')) === port && name !== port && !name.startsWith(`${port}:`);
}
