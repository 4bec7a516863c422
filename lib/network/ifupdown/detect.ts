import type { NetworkFiles } from '../network_files';
import { readInterfaces } from './read_interfaces';

/** The file of the interface's stanza; null: there is none. */
export function fileOf(io: NetworkFiles, port: string): string | null {
  return readInterfaces(io).find(({ name }) => name === port)?.file ?? null;
}

export function isIfupdown2(io: NetworkFiles): boolean {
  return (io.names('/usr/share/ifupdown2') ?? []).length > 0;
}
