import { KnownError } from '../../model/known_error';
import type { Exec } from '../../model/io';
import type { NetworkFiles } from '../network_files';
import { parseYaml } from './parse_yaml';
import type { YamlMap } from './yaml';

/** A file of netplan that is in effect. */
export interface NetplanFile {
  /** `50-cloud-init.yaml` */
  readonly name: string;
  readonly path: string;
  readonly text: string;
  readonly yaml: YamlMap;
}

/** By precedence: a file hides those of its name in the later folders. Source: netplan-generate(8). */
const FOLDERS = ['/run/netplan', '/etc/netplan', '/lib/netplan'];

/** The files of netplan in the order in which it merges them. Throws KnownError if they cannot be read. */
export async function readNetplanFiles(io: NetworkFiles, exec: Exec): Promise<NetplanFile[]> {
  const paths = new Map<string, string>();
  for (const folder of FOLDERS)
    for (const name of io.names(folder) ?? [])
      if (name.endsWith('.yaml') && !paths.has(name)) paths.set(name, `${folder}/${name}`);
  const texts = new Map([...paths.values()].map((path) => [path, readable(io, path)]));
  const yamls = await parseYaml(exec, texts);
  return [...paths]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, path]) => ({ name, path, text: texts.get(path) ?? '', yaml: yamls.get(path) ?? {} }));
}

/** netplan wants its files to be readable only by root, and a file that is left out could define anything. */
function readable(io: NetworkFiles, path: string): string {
  const text = io.text(path);
  if (text === null)
    throw new KnownError(`${path} cannot be read`, 'Run the command again as root, with sudo.');
  return text;
}
