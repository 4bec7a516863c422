import { describeState } from '../explain/describe_state';
import { shellName, shellQuote } from '../../text/shell_quote';
import { describeCause } from './describe_cause';
import type { TracedResult } from './trace_report';
import { uplinksAmong, type TracedPort } from './traced_port';
import type { Conversation } from './verdict';

/** What to do: sentences, and commands that can be pasted. */
export interface Advice {
  readonly text: string;
  readonly commands: readonly string[];
}

function advice(text: string, ...commands: string[]): Advice {
  return { text, commands };
}

/** A command that makes most guests ask for an address again, without a change in the guest. */
export function askAgain(guest: string, dev: string): string {
  const set = (to: string): string => `virsh domif-setlink ${shellName(guest)} ${shellQuote(dev)} ${to}`;
  return `${set('down')} && sleep 3 && ${set('up')}`;
}

/** What to do if the guest asked nothing. @param state libvirt's word for that of the guest */
export function adviseSilent(guest: string, state: string, { port, now }: TracedResult): Advice[] {
  const { dev, iface } = port;
  const all: Advice[] = [];
  if (state === 'paused') all.push(advice('The guest is paused.', `virsh resume ${shellName(guest)}`));
  else if (state !== 'running') all.push(advice(`The guest is ${describeState(state)}.`));
  if (now.hasCarrier === false)
    all.push(
      advice(
        `Port ${dev} has no carrier. The guest has turned its network card off, or libvirt has disconnected it.`,
        `virsh domif-getlink ${shellName(guest)} ${shellQuote(dev)}`,
      ),
    );
  if (now.state !== null && now.state !== 'forwarding')
    all.push(advice(`Port ${dev} is ${now.state}: its bridge forwards nothing for it.`));
  return [
    ...all,
    advice(
      `In the guest, check that the interface with the MAC address ${iface.mac ?? 'of this port'} is up and uses DHCP: ip address, networkctl status, nmcli device show, ipconfig /all.`,
    ),
    advice(
      'Make the guest ask during a trace: in the guest with networkctl renew, nmcli device reapply, dhclient -v or ipconfig /renew; or here:',
      askAgain(guest, dev),
    ),
  ];
}

/** What to do about a conversation. */
export function advise(conversation: Conversation, result: TracedResult): Advice[] {
  const { port, now } = result;
  const causes = conversation.causes.map((cause) => describeCause(cause, port));
  if (conversation.isConfirmed) return [];
  const isKnown =
    causes.length > 0 || now.findings.some(({ level }) => ['failure', 'warning'].includes(level));
  return [...causes, ...otherMac(conversation, port), ...adviseOn(conversation, port, isKnown)];
}

function adviseOn(conversation: Conversation, port: TracedPort, isKnown: boolean): Advice[] {
  switch (conversation.code) {
    case 'stopped':
      return isKnown ? [] : [filters(port)];
    case 'unanswered':
      return uplinksAmong(port.exits).length === 0 ? ownServer() : beyond(conversation, port);
    case 'lost':
      return isKnown ? [] : [forwarding(conversation, port), filters(port)];
    case 'answered':
      return inGuest(conversation, port);
  }
}

function otherMac({ client }: Conversation, { iface }: TracedPort): Advice[] {
  if (client === iface.mac) return [];
  return [
    advice(
      `The client has the MAC address ${client}, but the guest's XML has ${iface.mac ?? 'none'}: a filter of libvirt, the switch or the provider may drop its frames.`,
    ),
  ];
}

/** Filters that `kvmvlan check` does not read. */
function filters({ dev }: TracedPort): Advice {
  return advice(
    'The checks of kvmvlan find nothing about this port. They do not read these filters:',
    'sudo nft list ruleset   # the family bridge',
    'sudo ebtables -L --Lc',
    'virsh nwfilter-binding-list',
    `sudo tc -s filter show dev ${shellQuote(dev)} ingress; sudo tc -s filter show dev ${shellQuote(dev)} egress`,
  );
}

function forwarding({ client }: Conversation, { bridge, dev }: TracedPort): Advice {
  return advice(
    `The bridge must know the MAC address of the client at ${dev}. Otherwise it sends answers elsewhere.`,
    `bridge fdb show br ${shellQuote(bridge.name)} | grep ${client}`,
  );
}

function ownServer(): Advice[] {
  return [
    advice(
      'A DHCP server must listen on this host.',
      "sudo ss -ulnp 'sport = :67 or sport = :547'",
      'virsh net-list',
    ),
    advice('The firewall of this host must accept UDP port 67, or 547 for DHCPv6, from the bridge.'),
  ];
}

function beyond({ passed, vlan, client }: Conversation, port: TracedPort): Advice[] {
  const left = passed.find((one) => one.way === 'from-guest' && one.dev !== port.dev);
  const dev = left?.dev ?? '';
  const isTagged = left !== undefined && left.tags.length > 0;
  const allowed = vlan === null ? 'the VLAN of these frames' : `VLAN ${vlan}`;
  if (port.exits.some((exit) => exit.dev === dev && exit.isTunnel))
    return [
      advice(`${dev} is a tunnel: one of the hosts at its other ends must have a DHCP server in ${allowed}.`),
    ];
  return [
    advice(
      isTagged
        ? `The switch must allow ${allowed}, tagged, on its port for ${dev}.`
        : `The switch must put untagged frames from ${dev} into the right VLAN: the native VLAN, or PVID, of its port.`,
    ),
    advice('A DHCP server, or a relay that leads to one, must be in that VLAN and have free addresses.'),
    advice(
      `The switch must accept the MAC address ${client} on that port: look for port security, DHCP snooping and 802.1X.`,
    ),
    advice('A provider or hypervisor may drop frames of other MAC addresses than that of the host.'),
  ];
}

function inGuest({ answer, passed, family }: Conversation, port: TracedPort): Advice[] {
  if (answer?.type === 'NAK')
    return [
      advice('The guest should ask for another address. If it does not, remove its old lease in the guest.'),
    ];
  const isOwn = passed.some(({ dev, way }) => dev === port.bridge.name && way === 'to-guest');
  return [
    advice(
      'The answer reached the guest, so the fault is in the guest: look at the log and the settings of its DHCP client, and at its firewall.',
    ),
    ...(isOwn && family === 4
      ? [
          advice(
            'The answer came from this host. An old client may refuse it because its checksum is not filled in yet. This command changes that:',
            `sudo iptables -t mangle -A POSTROUTING -o ${shellQuote(port.bridge.name)} -p udp --dport 68 -j CHECKSUM --checksum-fill`,
          ),
        ]
      : []),
  ];
}
