import { shellCommand } from '../../text/shell_quote';
import type { DhcpClient } from './dhcp_client';
import { methodOf, templatesOf } from './inherited_options';
import { formatStanzas, ifaceHead, indentOf, newLine, type Stanza } from './interfaces_text';
import { ipv6Of } from './ifupdown_dialect';

/** What has to be taken down: the interfaces with and without the bridge. */
export interface TakeDown {
  /** All stanzas of the configuration without the bridge. */
  readonly without: readonly Stanza[];
  /** All stanzas of the configuration with it. */
  readonly withBridge: readonly Stanza[];
  readonly port: string;
  readonly bridge: string;
  /** The VLAN interfaces. */
  readonly vlans: readonly string[];
  readonly client: DhcpClient | null;
  /** Whether the port's IPv6 was on without the bridge. */
  readonly portHasIpv6: boolean;
}

/**
 * A file for `ifdown -i`: it takes the port and its VLAN interfaces down as they were configured without the bridge, and
 * the bridge with all that is on it. It differs from both configurations in one thing: DHCP clients end without a
 * release, so that the server keeps the address for the host.
 */
export function takeDownFile(down: TakeDown): string {
  const { port, bridge, vlans } = down;
  const isOf = (dev: string, stanza: Stanza): boolean => {
    const name = ifaceHead(stanza)?.name ?? '';
    return name === dev || name.startsWith(`${dev}:`);
  };
  const old = down.without.filter((stanza) => [port, ...vlans].some((dev) => isOf(dev, stanza)));
  const added = down.withBridge.filter((stanza) => isOf(bridge, stanza));
  const templates = [...new Set([...old, ...added].flatMap((stanza) => templatesOf(stanza, down.without)))];
  const noScripts = down.withBridge.filter(({ head }) => head?.words[0] === 'no-scripts');
  const portEnd = [`ip addr flush dev ${port}`, ...(down.portHasIpv6 ? [ipv6Of(port, 'on')] : [])];
  return formatStanzas([
    ...noScripts.map(({ head }) => ({ head, body: [] })),
    ...templates,
    ...old.map((stanza) => quietly(stanza, down, isLast(stanza, old, port) ? portEnd : [])),
    ...added.map((stanza) =>
      quietly(stanza, down, isLast(stanza, added, bridge) ? [`ip link del dev ${bridge}`] : []),
    ),
    { head: null, body: [newLine('')] },
  ]);
}

/** ifdown runs the stanzas of an interface in the order of the file. */
function isLast(stanza: Stanza, stanzas: readonly Stanza[], name: string): boolean {
  return stanza === stanzas.filter((each) => ifaceHead(each)?.name === name).at(-1);
}

function quietly(stanza: Stanza, { without, client }: TakeDown, end: readonly string[]): Stanza {
  const head = ifaceHead(stanza);
  if (head === null || stanza.head === null) return stanza;
  const isDhcp = methodOf(stanza, without) === 'dhcp';
  const family = head.family ?? 'inet';
  const inherits = head.parents.length > 0 ? ['inherits', ...head.parents] : [];
  const stop = isDhcp && client !== null ? client.stop(head.name, family) : [];
  const lines = [
    ...stop.map((line) => `pre-down ${shellCommand(line)}`),
    ...end.map((line) => `post-down ${line}`),
  ].map((line) => newLine(indentOf(stanza) + line));
  return {
    head: isDhcp ? newLine(['iface', head.name, family, 'manual', ...inherits].join(' ')) : stanza.head,
    body: [...stanza.body.filter(({ words }) => words.length > 0), ...lines],
  };
}
