import type { Problem } from '../../model/problem';
import type { Vid } from '../../model/vlan/vid';
import { formatVidList } from '../../model/vlan/vid_list';
import { shellQuote } from '../../text/shell_quote';

// All sentences about the section of a new bridge in bridge_init.conf, one function for each problem.

/** The section of a bridge. */
export interface Section {
  readonly file: string;
  /** null: the section would be new. */
  readonly line: number | null;
  readonly bridge: string;
}

/** Why a section does not fit the host and its bridge. */
export type Misfit =
  | { readonly kind: 'no-filtering' | 'other-protocol' | 'no-pvid' | 'different-pvids' }
  | { readonly kind: 'pvid-in-use'; readonly pvid: Vid }
  /** The VLANs of the host that the bridge itself and its trunk do not have. */
  | { readonly kind: 'lacks-vlans'; readonly own: readonly Vid[]; readonly trunk: readonly Vid[] };

export function brokenHeader(file: string): Problem {
  return refused(`${file} has a broken header, which may hide a section.`, SHOWN);
}

export function brokenSection(section: Section): Problem {
  const { file, line } = section;
  return line === null
    ? refused(
        `${nameOf(section)} would have an error.`,
        `Write the section yourself, see bridge_init.conf(5); \`bridge_init --dry-run ${shellQuote(file)}\` shows errors.`,
      )
    : refused(`${nameOf(section)} has an error.`, SHOWN);
}

export function otherTrunk(section: Section, port: string): Problem {
  return refused(
    `${nameOf(section)} does not have trunk-port = ${port}.`,
    'Correct it, or remove the section.',
  );
}

export function unfitSection(section: Section, found: Misfit): Problem {
  const [what, hint] = describe(found);
  return refused(
    `${nameOf(section)} ${what}.`,
    section.line === null ? `Write the section yourself. ${hint}` : hint,
  );
}

const SHOWN = '`bridge_init --dry-run` shows it.';

function nameOf({ file, line, bridge }: Section): string {
  return line === null
    ? `${file}: with its [DEFAULT], a section [${bridge}]`
    : `${file}:${line}: the section [${bridge}]`;
}

function describe(found: Misfit): readonly [what: string, hint: string] {
  switch (found.kind) {
    case 'no-filtering':
      return ['has vlan-filtering = no', 'Remove this line: the bridge filters VLANs.'];
    case 'other-protocol':
      return ['has vlan-protocol = 802.1ad', 'Remove this line: the host uses 802.1Q.'];
    case 'no-pvid':
      return [
        "has br-pvid = none or trunk-pvid = none, so the host's untagged frames would not leave",
        'Set both to the VLAN in which the host has its addresses, usually 1.',
      ];
    case 'different-pvids':
      return [
        "has different br-pvid and trunk-pvid, so the host's untagged frames would not leave",
        'Make them equal: the host keeps the addresses that it has on the port now.',
      ];
    case 'pvid-in-use':
      return [
        `has the PVID ${found.pvid}, which is also the VLAN of a VLAN interface of the host`,
        'Set br-pvid and trunk-pvid to another VLAN that your network does not use: it is the one of untagged frames.',
      ];
    case 'lacks-vlans': {
      const lists = Object.entries({ 'br-tags': found.own, 'trunk-tags': found.trunk });
      const absent = lists.flatMap(([key, vids]) =>
        vids.length === 0 ? [] : [`${key} for ${formatVidList(vids)}`],
      );
      return [
        `lacks ${absent.join(' and ')}, VLANs of the host's VLAN interfaces`,
        'Add them, or remove the section.',
      ];
    }
  }
}

function refused(message: string, hint: string): Problem {
  return { level: 'error', code: 'bridge-conf', message, hint };
}
