import { bridgeOfNetwork } from '../domain/bridge_of_network';
import type { PluginIo } from '../plugins/plugin';
import { KnownError } from '../types';

/** Networks that run (bridge_driver.c, stateDir), and those that are defined. */
const FOLDERS = ['/run/libvirt/network', '/etc/libvirt/qemu/networks'];

/** The bridge of a libvirt network, from its XML; null where that says nothing of it, or only root may read it. */
export function networkBridge(network: string, io: Pick<PluginIo, 'readText'>): string | null {
  if (/[/\0]/.test(network)) return null;
  for (const folder of FOLDERS) {
    const xml = readOrNone(`${folder}/${network}.xml`, io);
    const bridge = xml === null ? null : bridgeOfNetwork(xml);
    if (bridge !== null) return bridge;
  }
  return null;
}

function readOrNone(path: string, io: Pick<PluginIo, 'readText'>): string | null {
  try {
    return io.readText(path);
  } catch (error) {
    if (error instanceof KnownError) return null;
    throw error;
  }
}
