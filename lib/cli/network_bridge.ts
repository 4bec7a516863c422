import type { PluginIo } from '../plugins/plugin';
import { KnownError } from '../types';

/** Networks that run (bridge_driver.c, stateDir), and those that are defined. */
const FOLDERS = ['/run/libvirt/network', '/etc/libvirt/qemu/networks'];

/** The bridge of a libvirt network, from its XML; null where that says nothing of it, or only root may read it. */
export function networkBridge(network: string, io: Pick<PluginIo, 'readText'>): string | null {
  if (network.includes('/')) return null;
  for (const folder of FOLDERS) {
    // A comment before it says the same as the element.
    const name = /<bridge\b[^>]*\bname=['"]([^'"]+)['"]/.exec(
      readOrNone(`${folder}/${network}.xml`, io),
    )?.[1];
    if (name !== undefined) return name;
  }
  return null;
}

function readOrNone(path: string, io: Pick<PluginIo, 'readText'>): string {
  try {
    return io.readText(path) ?? '';
  } catch (error) {
    if (error instanceof KnownError) return '';
    throw error;
  }
}
