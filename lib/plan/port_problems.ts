import { describeRule, placeOfRule } from '../model/match/describe_rule';
import type { WantedPort } from '../model/match/match_ports';
import { formatVidList } from '../model/vlan/vid_list';
import type { Problem } from '../model/problem';
import { shellName, shellQuote } from '../text/shell_quote';
import type { Misplaced } from './port_place';

// What is said about guests' ports that cannot be set as conf says. All of these sentences are in this file.

/** The problem for a misplaced port. */
export function misplacedProblem(misplaced: Misplaced, port: WantedPort): Problem {
  const [what, hint] = explain(misplaced, port);
  const message = `port ${port.dev} of guest ${port.guest}: ${what} (${describeRule(port.rule)}).`;
  const subject = { guest: port.guest, port: port.dev };
  return {
    level: 'error',
    code: `port-${misplaced.code}`,
    message,
    hint,
    ...placeOfRule(port.rule),
    subject,
  };
}

/** Two interfaces of the same guest have this tap. */
export function portClaimedTwice({ dev, guest, rule }: WantedPort): Problem {
  return {
    level: 'error',
    code: 'port-claimed-twice',
    message: `port ${dev} of guest ${guest}: two interfaces of the guest have this tap, so it is not set (${describeRule(rule)}).`,
    hint: `Give one of them another <target dev='…'/>: \`virsh edit ${shellName(guest)}\`.`,
    ...placeOfRule(rule),
    subject: { guest, port: dev },
  };
}

/** Why a port is misplaced, in a few words for a column. */
export function misplacedWords(misplaced: Misplaced): string {
  switch (misplaced.code) {
    case 'of-others':
      return `belongs to ${misplaced.guests.join(', ')}`;
    case 'claimed-by-others':
      return `also claimed by ${misplaced.guests.join(', ')}`;
    case 'not-there':
      return 'not there';
    case 'trunk':
    case 'no-tap':
      return "not the guest's";
    case 'in-no-bridge':
      return 'in no bridge';
    case 'in-other-bridge':
      return `in ${misplaced.bridge}, not ${misplaced.expected}`;
    case 'cuts-tunnel':
      return `would cut the tunnel of VLAN ${formatVidList(misplaced.vids)}`;
    case 'not-filtering':
      return `bridge ${misplaced.bridge} does not filter VLANs`;
  }
}

function explain(misplaced: Misplaced, { dev, guest, iface }: WantedPort): [what: string, hint: string] {
  switch (misplaced.code) {
    case 'of-others':
      return [
        `it belongs to the running guest ${misplaced.guests.join(' and ')}`,
        `Correct the section; ${interfacesOf(misplaced.guests[0] ?? '')}`,
      ];
    case 'claimed-by-others':
      return [
        `it is also claimed by the running guest ${misplaced.guests.join(' and by ')}, so it is not set for any of them`,
        `Give one of them another <target dev='…'/>; ${interfacesOf(misplaced.guests[0] ?? '')}`,
      ];
    case 'not-there':
      return [
        // The guest's XML is unknown only if it was named by hand and is not running.
        `there is no such interface${iface === null ? ': the guest is not running' : ''}`,
        `Start the guest, or correct the section; ${interfacesOf(guest)}`,
      ];
    case 'trunk':
    case 'no-tap':
      return [
        `it is ${misplaced.code === 'trunk' ? 'a trunk of the host' : describeKind(misplaced.kind)}, not a tap of this guest`,
        anotherTarget(guest),
      ];
    case 'in-no-bridge':
      return [
        'it is not in a Linux bridge',
        `Give it <source bridge='…'/> in the guest's XML, run \`ip link set ${shellQuote(dev)} master BRIDGE\`, or remove the section.`,
      ];
    case 'in-other-bridge':
      return [
        `it is in bridge ${misplaced.bridge}, not in ${misplaced.expected}`,
        `Put it back with \`ip link set ${shellQuote(dev)} master ${shellQuote(misplaced.expected)}\`, or correct the section and the guest's XML.`,
      ];
    case 'cuts-tunnel':
      return [
        `another program sends VLAN ${formatVidList(misplaced.vids)} of it through a tunnel, which needs the tag`,
        `Add ${formatVidList(misplaced.vids)} to \`tagged\`, or run \`bridge link set dev ${shellQuote(dev)} vlan_tunnel off\`.`,
      ];
    case 'not-filtering':
      return [
        `bridge ${misplaced.bridge} does not filter VLANs, so every guest on it hears every VLAN`,
        `Add a section [${misplaced.bridge}] to bridge_init.conf and run \`bridge_init\`, or run \`ip link set ${shellQuote(misplaced.bridge)} type bridge vlan_filtering 1\`.`,
      ];
  }
}

/** What to do about an interface that is not a tap of the guest. */
export function anotherTarget(guest: string): string {
  return `Give the guest's interface another <target dev='…'/>: \`virsh edit ${shellName(guest)}\`.`;
}

export function interfacesOf(guest: string): string {
  return `\`virsh domiflist ${shellName(guest)}\` lists its interfaces.`;
}

export function describeKind(kind: string | null): string {
  return kind === null ? 'a physical device' : `a device of kind ${kind}`;
}
