import { keyOf, type InterfacesLine } from './interfaces_text';

/** Options whose value is a command of the shell. `down` and `pre-down` are the same (execute.c). */
const COMMAND = /^(pre-up|up|post-up|pre-down|down|post-down)$/;

/**
 * Options about the link: of ifupdown itself, ethtool (offload-, ethernet-, link-, hardware-, driver-), ifenslave (bond-,
 * slaves), wpasupplicant.
 */
const OF_LINK =
  /^(mtu|hwaddress|description|media|(offload|ethernet|ethtool|link|hardware|driver|bond|wpa|wireless)-.*|(bond-)?slaves|gro-offload|[gtlu]so-offload|[rt]x-offload)$/;

const LINK_COMMAND = /^(sudo\s+)?(\/\S*\/)?(ethtool|tc|mii-tool|ip\s+(-\S+\s+)*link)\s/;
const ADDRESS_COMMAND = /\bip\s+(-\S+\s+)*(a|addr|address|r|ro|route|ru|rule|n|neigh|neighbour)\s|\broute\s/;

export function isCommand(option: InterfacesLine): boolean {
  return COMMAND.test(keyOf(option));
}

/** Whether an option is about the link, so it stays with the NIC when a bridge takes over its addresses. */
export function isAboutLink(option: InterfacesLine): boolean {
  if (!isCommand(option)) return OF_LINK.test(keyOf(option));
  const command = option.words.slice(1).join(' ');
  return (
    LINK_COMMAND.test(`${command} `) && !ADDRESS_COMMAND.test(command) && !/\blink\s+add\b/.test(command)
  );
}

/** Whether an option is a command that names the interface. `$IFACE` is not its name. */
export function isNaming(option: InterfacesLine, name: string): boolean {
  return isCommand(option) && asWord(name).test(option.raw);
}

/**
 * Commands of `ip` about addresses, routes, rules and neighbours with the new name in place of the old one; other
 * commands are returned unchanged, because it is not known what they do.
 */
export function renamed(option: InterfacesLine, from: string, to: string): InterfacesLine {
  if (!isCommand(option) || !ADDRESS_COMMAND.test(option.raw)) return option;
  const name = new RegExp(`(\\b(?:dev|iif|oif|label)\\s+)${escaped(from)}(?=:|;|\\s|$)`, 'g');
  const change = (text: string): string => text.replace(name, (_, before: string) => before + to);
  return { ...option, raw: change(option.raw), words: change(option.words.join(' ')).split(' ') };
}

/** `eth0`, `eth0:1` and the sysctl `conf.eth0.rp_filter`, but not `eth0.200` or `veth0`. */
function asWord(name: string): RegExp {
  return new RegExp(`((?<![\\w.:@-])|(?<=\\b(conf|neigh)\\.))${escaped(name)}(?![\\w@-]|\\.\\d)`);
}

function escaped(name: string): string {
  return name.replace(/[.+^$(){}|[\]\\*?]/g, '\\$&');
}
