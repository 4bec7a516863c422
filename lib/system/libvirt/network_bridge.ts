import { bridgeOfNetwork } from '../../model/guest/bridge_of_network';
import type { HostIo } from '../../model/io';
import { KnownError } from '../../model/known_error';

/** The folder of running networks (bridge_driver.c, stateDir). */
const RUNNING = '/run/libvirt/network';
/** The folders of running and of defined networks. */
const FOLDERS = [RUNNING, '/etc/libvirt/qemu/networks'];

/** The bridge of a libvirt network, from its XML; null: it has none, or only root may read the XML. */
export function networkBridge(network: string, io: Pick<HostIo, 'readText'>): string | null {
  if (/[/\0]/.test(network)) return null;
  for (const folder of FOLDERS) {
    const xml = readOrNone(`${folder}/${network}.xml`, io);
    const bridge = xml === null ? null : bridgeOfNetwork(xml);
    if (bridge !== null) return bridge.name;
  }
  return null;
}

/** The bridges of running networks whose forwarding table libvirt writes; empty if only root may read them. */
export function macTableBridges(io: Pick<HostIo, 'readText' | 'readFolder'>): ReadonlySet<string> {
  const names = new Set<string>();
  for (const file of folderOrNone(RUNNING, io)) {
    const xml = file.endsWith('.xml') ? readOrNone(`${RUNNING}/${file}`, io) : null;
    const bridge = xml === null ? null : bridgeOfNetwork(xml);
    if (bridge?.macTableManager === 'libvirt') names.add(bridge.name);
  }
  return names;
}

function folderOrNone(path: string, io: Pick<HostIo, 'readFolder'>): readonly string[] {
  try {
    return io.readFolder(path);
  } catch (error) {
    if (error instanceof KnownError) return [];
    throw error;
  }
}

function readOrNone(path: string, io: Pick<HostIo, 'readText'>): string | null {
  try {
    return io.readText(path);
  } catch (error) {
    if (error instanceof KnownError) return null;
    throw error;
  }
}
