import { KnownError } from '../../model/known_error';
import type { BackendIo } from '../backend';
import type { NetworkFiles } from '../network_files';
import { isRunning } from '../running';
import { readDhcpIdentity } from './dhcp_identity';
import { parseLinkState } from './link_state';
import { readVersion } from './read_version';
import type { NetworkdState } from './state';
import { readUnits } from './units';

/** netplan writes such files anew at each boot, so they are netplan's. */
const OF_NETPLAN = /^\/run\/systemd\/network\/10-netplan-/;

/** The .network file by which systemd-networkd manages an interface; null: it does not, or netplan wrote the file. */
export function networkFileOf(io: NetworkFiles, port: string): string | null {
  if (!isRunning(io, 'systemd-networkd')) return null;
  const state = io.text(`/run/systemd/netif/links/${ifindexOf(io, port)}`);
  const { isManaged, networkFile } = parseLinkState(state ?? '');
  return isManaged && networkFile !== null && !OF_NETPLAN.test(networkFile) ? networkFile : null;
}

/** Reads what a change needs. Throws KnownError if the interface's file is not there any more. */
export async function readState({ files: io, exec }: BackendIo, port: string): Promise<NetworkdState> {
  const file = networkFileOf(io, port);
  const networks = readUnits(io, '.network');
  const unit = networks.find((each) => each.file === file);
  if (unit === undefined)
    throw new KnownError(
      `systemd-networkd configures ${port} by ${file ?? 'a file'}, which cannot be read any more`,
      `Run \`networkctl reload\`, see which file it uses now with \`networkctl status ${port}\`, and try again`,
    );
  const netdevs = readUnits(io, '.netdev');
  return {
    unit,
    networks,
    netdevs,
    identity: readDhcpIdentity(io, Number(ifindexOf(io, port))),
    version: await readVersion(exec),
  };
}

function ifindexOf(io: NetworkFiles, port: string): string {
  return io.text(`/sys/class/net/${port}/ifindex`)?.trim() ?? '';
}
