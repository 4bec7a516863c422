import type { Problem } from '../../model/problem';
import type { ProblemCode } from '../../model/problem_code';
import { shellQuote } from '../../text/shell_quote';

/** The reasons why systemd-networkd's configuration cannot be changed, and what a change cannot keep. */
export type Finding =
  | { readonly kind: 'stacked'; readonly file: string; readonly entry: string; readonly port: string }
  | { readonly kind: 'foreign-vlan'; readonly file: string; readonly vlan: string; readonly port: string }
  | { readonly kind: 'name-in-use'; readonly file: string; readonly bridge: string }
  | { readonly kind: 'sorts-first'; readonly file: string }
  | { readonly kind: 'no-lease'; readonly port: string }
  | { readonly kind: 'addresses-change'; readonly addresses: readonly string[]; readonly port: string }
  | { readonly kind: 'link-local-changes'; readonly address: string; readonly port: string }
  | { readonly kind: 'named-elsewhere'; readonly file: string; readonly entry: string; readonly port: string }
  | { readonly kind: 'loses-guests'; readonly port: string }
  | { readonly kind: 'edited'; readonly file: string }
  | { readonly kind: 'nothing-left'; readonly port: string; readonly file: string };

/** Writes what is said about a finding. All sentences of this backend are in this file. */
export function toProblem(found: Finding): Problem {
  switch (found.kind) {
    case 'stacked':
      return refused(
        `${found.file} says ${found.entry}: with this setting ${found.port} cannot become the port of a bridge`,
        `Remove this line, run \`networkctl reload\`, and create the bridge again`,
      );
    case 'foreign-vlan':
      return refused(
        `${found.vlan} is a VLAN interface on ${found.port}, but ${found.file} has no VLAN=${found.vlan}: ` +
          'systemd-networkd cannot create it on the bridge',
        `Add VLAN=${found.vlan} to [Network] there with a .netdev file for it, or remove it with \`ip link del ${shellQuote(found.vlan)}\``,
      );
    case 'name-in-use':
      return refused(
        `${found.file} already configures an interface named ${found.bridge}`,
        'Remove this file or use another name for the bridge',
      );
    case 'sorts-first':
      return refused(
        `systemd-networkd reads ${found.file} before any file that this command can write`,
        'Give it a name that sorts after 05-kvmvlan, run `networkctl reload`, and create the bridge again',
      );
    case 'no-lease':
      return lost(
        `${found.port} uses DHCP but has no lease, so the identity that the server knows it by cannot be pinned: the ` +
          'bridge may get another address',
        `Wait until \`networkctl status ${found.port}\` shows an address, or accept a new one`,
      );
    case 'addresses-change':
      return lost(
        `${found.addresses.join(' and ')} cannot all be kept: systemd-networkd makes them from the interface's name`,
        `Use Token=eui64 or fixed addresses for ${found.port} first, or accept new addresses`,
      );
    case 'link-local-changes':
      return lost(
        `The link-local address ${found.address} is not made from the MAC address, so the bridge gets another one`,
        `Nothing, unless another host uses it, for example as its router: give that one the new address`,
      );
    case 'named-elsewhere':
      return lost(
        `${found.file} says ${found.entry}, which is about ${found.port}, not about the bridge`,
        'If it is about the addresses, write the name of the bridge there after the change',
        'bridge-named-elsewhere',
      );
    case 'loses-guests':
      return lost(
        `Whenever systemd-networkd configures ${found.port} again, for example after a restart, it removes the VLANs of ` +
          'guests from it until `kvmvlan repair` has run, which takes up to a minute',
        'Write a section for the bridge in bridge_init.conf first, with a list of VLANs in trunk-tags instead of auto',
      );
    case 'edited':
      return lost(
        `${found.file} was edited since the bridge was created, and these changes do not move back`,
        "Make the same changes in the port's own .network file first, if they are needed",
      );
    case 'nothing-left':
      return refused(
        `Without ${found.file} no .network file matches ${found.port}, so it would have no addresses`,
        `Write a .network file with Name=${found.port} in /etc/systemd/network, and remove the bridge again`,
      );
  }
}

function refused(message: string, hint: string): Problem {
  return { level: 'error', code: 'bridge-refused', message: `${message}.`, hint: `${hint}.` };
}

function lost(message: string, hint: string, code: ProblemCode = 'bridge-cannot-keep'): Problem {
  return { level: 'warning', code, message: `${message}.`, hint: `${hint}.` };
}
