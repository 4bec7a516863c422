import type { Machine } from '../machine';
import { LAB_FOLDER } from './lab_folder';

export interface LinkSnapshot {
  readonly kind: string | null;
  readonly master: string | null;
  readonly below: string | null;
  readonly mac: string;
  readonly mtu: number;
  readonly isUp: boolean;
  readonly hasCarrier: boolean;
  readonly addrGenMode: string | null;
  /** Of a VLAN interface. */
  readonly vid: number | null;
  /** Of a bridge. */
  readonly isFiltering: boolean | null;
  /** `192.0.2.10/24 global`, followed by `dynamic` or `tentative`. */
  readonly addresses: readonly string[];
}

/**
 * The network of a host and the files that configure it, without what changes by itself. Before a change and after its
 * undo it is the same: compare it with toEqual.
 */
export interface NetworkSnapshot {
  readonly links: Readonly<Record<string, LinkSnapshot>>;
  readonly routes: readonly string[];
  readonly rules: readonly string[];
  /** The file that /etc/resolv.conf leads to, and its text; null: it does not exist. */
  readonly resolvConf: readonly [path: string, text: string | null];
  /** By interface, if systemd-resolved runs. */
  readonly linkDns: Readonly<Record<string, { dns?: string[]; domain?: string[] }>> | null;
  /** The interfaces for which a DHCP client runs that is a program of its own. */
  readonly dhcpClients: readonly string[];
  /** Where something is mounted over configuration. */
  readonly hidden: readonly string[];
  /** All files of all network managers in /etc, also hidden ones. */
  readonly files: Readonly<Record<string, { mode: string; modified: number; text: string }>>;
  /** Their files in /run, where a change is while it is tried. */
  readonly trialFiles: Readonly<Record<string, string>>;
}

export async function snapshotOfNetwork(machine: Machine): Promise<NetworkSnapshot> {
  const look = `mount --bind / /mnt && python3 ${LAB_FOLDER}/network_snapshot.py`;
  return JSON.parse(await machine.must(`unshare --mount sh -c '${look}'`)) as NetworkSnapshot;
}

/** The addresses of one interface by which others reach it, without their prefix length. */
export function globalAddresses({ links }: NetworkSnapshot, device: string): string[] {
  return (links[device]?.addresses ?? []).flatMap((text) => {
    const [address = '', scope] = text.split(' ');
    return scope === 'global' ? [address.replace(/\/.*/, '')] : [];
  });
}
