import type { BackendIo } from '../backend';
import { parseLinkState } from '../networkd/link_state';
import { isRunning } from '../running';

/** The programs that netplan writes files for. */
export type Renderer = 'networkd' | 'NetworkManager';

/** How netplan configures an interface. */
export interface Rendering {
  readonly renderer: Renderer;
  /** The file that netplan wrote and that is in effect. */
  readonly file: string;
  /** The name of the definition that it wrote it for; that of an interface, unless the definition has `match`. */
  readonly id: string;
  /** NetworkManager's name of the active profile; null: systemd-networkd. */
  readonly uuid: string | null;
}

const OF_NETWORKD = /^\/run\/systemd\/network\/10-netplan-(.+)\.network$/;
const OF_NETWORKMANAGER = /^\/run\/NetworkManager\/system-connections\/netplan-(.+)\.nmconnection$/;

/** How netplan configures this interface now; null: it does not. */
export async function findRendering({ files, exec }: BackendIo, port: string): Promise<Rendering | null> {
  if (isRunning(files, 'systemd-networkd')) {
    const index = files.text(`/sys/class/net/${port}/ifindex`)?.trim() ?? '';
    const state = parseLinkState(files.text(`/run/systemd/netif/links/${index}`) ?? '');
    const file = state.isManaged ? (state.networkFile ?? '') : '';
    const id = OF_NETWORKD.exec(file)?.[1];
    if (id !== undefined) return { renderer: 'networkd', file, id, uuid: null };
  }
  if (!isRunning(files, 'NetworkManager')) return null;
  // The state files of NetworkManager name the profile, but profiles of netplan do not say their UUID.
  const fields = ['-t', '-e', 'no', '-f', 'DEVICE,UUID,FILENAME'];
  const { stdout } = await exec('nmcli', [...fields, 'connection', 'show', '--active']);
  const line = stdout.split('\n').find((each) => each.startsWith(`${port}:`));
  const [, uuid = '', file = ''] = line?.split(':') ?? [];
  const id = OF_NETWORKMANAGER.exec(file)?.[1];
  return id === undefined ? null : { renderer: 'NetworkManager', file, id, uuid };
}
