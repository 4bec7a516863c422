import type { NetworkFiles } from '../network_files';
import { parseSections, type Section } from '../sections';

/** The folders of systemd's files, by precedence. Source: systemd.network(5). */
const FOLDERS = [
  '/etc/systemd/network',
  '/run/systemd/network',
  '/usr/local/lib/systemd/network',
  '/usr/lib/systemd/network',
];

/** A .network or .netdev file with its drop-ins. */
export interface Unit {
  /** `20-eth0.network` */
  readonly name: string;
  readonly file: string;
  /** Of the file and then of its drop-ins, in the order in which they are read. */
  readonly texts: readonly string[];
  readonly sections: readonly Section[];
}

/** All files of a kind, in the order in which systemd-networkd tries them, without masked ones. */
export function readUnits(io: NetworkFiles, extension: '.network' | '.netdev'): Unit[] {
  const inFolders = FOLDERS.map((folder) => [folder, io.names(folder) ?? []] as const);
  const files = new Map<string, string>();
  for (const [folder, names] of inFolders)
    for (const name of names)
      if (name.endsWith(extension) && !files.has(name)) files.set(name, `${folder}/${name}`);
  return [...files]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, file]) => {
      const text = io.text(file);
      // An empty file or a link to /dev/null masks files of that name in the later folders.
      if (text === null || text.trim() === '') return [];
      const texts = [text, ...readDropIns(io, `${name}.d`)];
      return [{ name, file, texts, sections: texts.flatMap(parseSections) }];
    });
}

function readDropIns(io: NetworkFiles, folder: string): string[] {
  const files = new Map<string, string>();
  for (const parent of FOLDERS)
    for (const name of io.names(`${parent}/${folder}`) ?? [])
      if (name.endsWith('.conf') && !files.has(name)) files.set(name, `${parent}/${folder}/${name}`);
  return [...files].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, file]) => io.text(file) ?? []);
}
