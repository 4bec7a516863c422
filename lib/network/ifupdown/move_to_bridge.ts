import type { BridgeRequest } from '../backend';
import { isAboutLink, isCommand, renamed } from './commands_of_stanza';
import type { Dialect } from './dialect';
import { ifaceHead, indentOf, keyOf, newLine, type InterfacesLine, type Stanza } from './interfaces_text';
import { inheritedOptions } from './inherited_options';
import { startLines, startsPort } from './start_lines';

/**
 * The stanzas with a bridge that takes over those of the NIC. They are moved line by line: comments, and options that
 * are not known here, stay in their places. Stanzas that do not change are returned as the same objects.
 *
 * @param all the stanzas of all files: an interface can have stanzas in several files
 */
export function moveToBridge(
  stanza: Stanza,
  all: readonly Stanza[],
  request: BridgeRequest,
  dialect: Dialect,
): Stanza[] {
  const { port, bridge, vlans, network } = request;
  const name = ifaceHead(stanza)?.name;
  if (name === undefined) return startLines(stanza, all, request);
  if (name === port.name)
    return stanza === firstOf(all, name)
      ? split(stanza, all, request, dialect)
      : [ofBridge(stanza, bridge, request)];
  // A label is another address of the same interface: eth0:1.
  if (name.startsWith(`${port.name}:`))
    return [ofBridge(stanza, bridge + name.slice(port.name.length), request)];
  const vlan = vlans.find((each) => each.name === name);
  if (vlan === undefined) return [stanza];
  const isFirst = stanza === firstOf(all, name);
  return [dialect.vlan({ stanza, vlan, link: network.links.get(name), isFirst }, request) ?? stanza];
}

/** The port's first stanza becomes two: the port's, with all options about the link, and the bridge's. */
function split(stanza: Stanza, all: readonly Stanza[], request: BridgeRequest, dialect: Dialect): Stanza[] {
  const { port, bridge } = request;
  const indented = (lines: readonly string[]): InterfacesLine[] =>
    lines.map((line) => newLine(indentOf(stanza) + line));
  const [isAuto, isHotplug] = [
    startsPort(all, port.name, 'auto'),
    startsPort(all, port.name, 'allow-hotplug'),
  ];
  const first = ofBridge(stanza, bridge, request);
  return [
    ...(isAuto || isHotplug ? [] : [{ head: newLine(`auto ${port.name} ${bridge}`), body: [] }]),
    {
      head: newLine(`iface ${port.name} inet manual`),
      body: [...linkOptions(port.name, all), ...indented(dialect.port(request, isHotplug)), newLine('')],
    },
    { ...first, body: [...indented(dialect.bridge(request, isHotplug && !isAuto)), ...first.body] },
  ];
}

/** The options about the link from all stanzas of an interface and from their templates. */
function linkOptions(name: string, all: readonly Stanza[]): InterfacesLine[] {
  const options = all
    .filter((stanza) => ifaceHead(stanza)?.name === name)
    .flatMap((stanza) => [...stanza.body, ...inheritedOptions(stanza, all)])
    .filter((option) => option.words.length > 0 && isAboutLink(option));
  // Only commands may occur twice.
  return options.filter(
    (option, index) =>
      isCommand(option) || options.findIndex((each) => keyOf(each) === keyOf(option)) === index,
  );
}

function ofBridge({ head, body }: Stanza, name: string, { port, bridge }: BridgeRequest): Stanza {
  return {
    head: newLine(['iface', name, ...(head?.words.slice(2) ?? [])].join(' ')),
    body: body
      // The MTU is set on both.
      .filter((option) => option.words.length === 0 || keyOf(option) === 'mtu' || !isAboutLink(option))
      .map((option) => renamed(option, port.name, bridge)),
  };
}

function firstOf(all: readonly Stanza[], name: string): Stanza | undefined {
  return all.find((stanza) => ifaceHead(stanza)?.name === name);
}
