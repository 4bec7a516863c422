import type { Problem } from '../../model/problem';
import { matchesGlob } from '../../text/glob';
import type { BridgeRequest } from '../backend';
import { cannotKeep, refused } from '../bridge_problems';
import { isAboutLink, isCommand, isNaming } from './commands_of_stanza';
import type { Dialect } from './dialect';
import { ifaceHead, keyOf, type Stanza } from './interfaces_text';
import { isUnclear } from './read_interfaces';
import { inheritedOptions, methodOf } from './inherited_options';
import type { IfupdownState } from './snapshot';
import { isStarted } from './start_lines';

const FILE = '/etc/network/interfaces';

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
    ...(named(port.name).length > 0 || stanza !== port.name
      ? []
      : [
          refused(
            `${port.name} was started by ifupdown, but has no stanza in ${FILE} or what it sources any more.`,
            `Write a stanza for ${port.name}, and start it again: ifdown --force ${port.name}; ifup ${port.name}`,
          ),
        ]),
    ...unclear.map(({ head }) =>
      refused(
        `${FILE} has the line "${head?.words.join(' ') ?? ''}", which kvmvlan does not follow.`,
        'Name the files, or use patterns only in the last part of the path.',
      ),
    ),
    ...(supplicant === undefined
      ? []
      : [
          refused(
            `${port.name} logs in to the switch by 802.1X (${keyOf(supplicant)}): the switch would block the frames of guests, or the host.`,
            `Ask for a switch port without 802.1X, and remove the wpa options from the stanza of ${port.name}.`,
          ),
        ]),
    ...(links.length === 0 || supplicant !== undefined
      ? []
      : [
          refused(
            `the stanza of ${port.name} inherits settings of the link (${[...new Set(links.map(keyOf))].join(', ')}), which ${bridge} would inherit, too.`,
            `Write them into the stanza of ${port.name}, and remove them from the template.`,
          ),
        ]),
    ...(stanza === port.name && mapped.length === 0
      ? []
      : [
          refused(
            `a mapping in ${FILE} chooses the stanza of ${stanza === port.name ? mapped.join(' and ') : port.name}.`,
            `Name the stanza \`iface ${port.name}\`, remove the mapping, run \`ifdown ${port.name}; ifup ${port.name}\`, and try again.`,
          ),
        ]),
    ...(named(bridge).length === 0
      ? []
      : [
          refused(
            `${FILE} has a stanza for ${bridge} already.`,
            'Remove it, or choose another name for the bridge.',
          ),
        ]),
    ...heirs.map((heir) =>
      refused(
        `the stanza of ${ifaceHead(heir)?.name ?? ''} inherits from the stanza of ${port.name}, which moves to ${bridge}.`,
        'Write its options into its own stanza, and try again.',
      ),
    ),
    ...vlans.flatMap(({ name, vid }) => {
      const own = named(name);
      const link = request.network.links.get(name);
      const isMovable = own.some(
        (each, index) =>
          index === 0 &&
          dialect.vlan({ stanza: each, vlan: { name, vid }, link, isFirst: true }, request) !== null,
      );
      if (isMovable) return [];
      return [
        refused(
          `${FILE} does not say how ${name} is created, so it cannot be put on ${bridge}.`,
          `Give it a stanza with \`vlan-raw-device ${port.name}\`, named ${port.name}.${vid} or vlan${vid}, or delete it: \`ip link del ${name}\`.`,
        ),
      ];
    }),
    ...stale
      .filter((name) => !isVlan(name))
      .map((name) =>
        refused(
          `${FILE} has a stanza for ${name}, which is not up. On ${port.name} it would take its VLAN away from ${bridge}.`,
          `Start it with \`ifup ${name}\`, so that it is moved, or remove its stanza.`,
        ),
      ),
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
    ...(isStarted(all, port.name)
      ? []
      : [
          cannotKeep(
            `no line \`auto\` or \`allow-hotplug\` starts ${port.name} at boot, but ${bridge} will be started.`,
            `If you do not want that, remove the line \`auto ${port.name} ${bridge}\` after you have confirmed.`,
          ),
        ]),
    ...literal.map(({ words }) =>
      cannotKeep(
        `this command names ${port.name}, and it is not known whether it should name ${bridge} now: ${words.join(' ')}`,
        `If it is about addresses or the firewall, change it to ${bridge} or $IFACE first.`,
      ),
    ),
    ...(isDhcp ? confs : []).map(({ path }) =>
      cannotKeep(
        `${path} has settings for ${port.name}, which do not apply to ${bridge}.`,
        `Copy them to a section for ${bridge} first.`,
      ),
    ),
    ...(hasStable && ['random', 'stable_secret'].includes(port.addrGenMode ?? '')
      ? [
          cannotKeep(
            `the kernel makes the IPv6 address of ${port.name} from a secret of that interface (addr_gen_mode ${port.addrGenMode ?? ''}); ${bridge} gets another address.`,
            `Update what refers to the old address, such as DNS.`,
          ),
        ]
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
