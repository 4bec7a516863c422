import type { KeptFile } from '../../model/network/network_change';
import type { BackendIo } from '../backend';
import { cloudInitOff, isOfCloudInit } from '../cloud_init';
import { dhcpClient, type DhcpClient } from './dhcp_client';
import { readInterfacesFiles, type InterfacesFile } from './read_interfaces';

/** A file with its permissions. */
export interface SavedFile extends InterfacesFile {
  readonly mode: number;
}

/** What the files of ifupdown and ifupdown2 say about an interface. */
export interface IfupdownState {
  /** /etc/network/interfaces and what it sources. */
  readonly files: readonly SavedFile[];
  /** The name of the stanza that is in effect: a mapping can change it. */
  readonly stanza: string;
  readonly client: DhcpClient | null;
  /** The names in the client's folder. */
  readonly leases: readonly string[];
  readonly portHasIpv6: boolean;
  /** Whether the port listens to routers: the text of its accept_ra. */
  readonly portAcceptRa: string;
  /** The configuration of DHCP clients. */
  readonly clientConfs: readonly InterfacesFile[];
  /** null: cloud-init does not write the network configuration. */
  readonly cloudInit: KeptFile | null;
}

const CLIENT_CONFS = ['/etc/dhcp/dhclient.conf', '/etc/dhcpcd.conf'];
const DEFAULT_MODE = 0o644;

export async function readIfupdown({ files, exec }: BackendIo, port: string): Promise<IfupdownState> {
  const read = readInterfacesFiles(files);
  const client = dhcpClient(files);
  const [state, modes] = await Promise.all([
    exec('ifquery', ['--state', port]),
    exec('stat', ['--format', '%a', ...read.map(({ path }) => path)]),
  ]);
  const modeOf = (index: number): number =>
    parseInt(modes.stdout.split('\n')[index] ?? '', 8) || DEFAULT_MODE;
  return {
    files: read.map((file, index) => ({ ...file, mode: modeOf(index) })),
    // `eth0=home`. ifupdown2 has no --state, and no mappings.
    stanza: (state.ok ? state.stdout.trim().split('=')[1] : undefined) ?? port,
    client,
    leases: client === null ? [] : (files.names(client.folder) ?? []),
    portHasIpv6: files.text(`/proc/sys/net/ipv6/conf/${port}/disable_ipv6`)?.trim() === '0',
    portAcceptRa: files.text(`/proc/sys/net/ipv6/conf/${port}/accept_ra`)?.trim() ?? '1',
    clientConfs: CLIENT_CONFS.flatMap((path) => {
      const text = files.text(path);
      return text === null ? [] : [{ path, text }];
    }),
    cloudInit: read.some(({ text }) => isOfCloudInit(text)) ? cloudInitOff(files) : null,
  };
}
