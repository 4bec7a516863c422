import type { KeptFile } from '../../model/network/network_change';
import { KnownError } from '../../model/known_error';
import type { BackendIo } from '../backend';
import { cloudInitOff, isOfCloudInit } from '../cloud_init';
import { readVersion } from '../networkd/read_version';
import { readUnits } from '../networkd/units';
import { findRendering, type Rendering } from './detect';
import { DROP_IN_FOLDER, dropInPath } from './drop_ins';
import { readIdentity, type DhcpIdentity } from './identity';
import { readNetplanFiles, type NetplanFile } from './netplan_files';

/** What `render` knows of netplan. */
export interface NetplanState {
  readonly rendering: Rendering;
  readonly files: readonly NetplanFile[];
  readonly identity: DhcpIdentity;
  /** Of systemd; null: not known, or not in use. */
  readonly systemd: number | null;
  /** The texts of drop-ins that users have for the file in effect. */
  readonly dropIns: readonly string[];
  /** The file that turns off cloud-init's network configuration; null: not needed. */
  readonly cloudInitOff: KeptFile | null;
  /** Present files that the change may replace, by path. */
  readonly present: ReadonlyMap<string, string>;
}

export async function readSnapshot(io: BackendIo, port: string): Promise<NetplanState> {
  const rendering = await findRendering(io, port);
  if (rendering === null)
    throw new KnownError(
      `netplan does not configure ${port} any more`,
      'Wait until the other change of the network has ended, and try again.',
    );
  const files = await readNetplanFiles(io.files, io.exec);
  return {
    rendering,
    files,
    identity: await readIdentity(io.exec, rendering, port),
    systemd: rendering.renderer === 'networkd' ? await readVersion(io.exec) : null,
    dropIns: dropInsOf(io, rendering),
    cloudInitOff: files.some(isWrittenByCloudInit) ? cloudInitOff(io.files) : null,
    present: presentOf(io, files),
  };
}

function dropInsOf({ files }: BackendIo, { renderer, file }: Rendering): readonly string[] {
  if (renderer !== 'networkd') return [];
  return (
    readUnits(files, '.network')
      .find((unit) => unit.file === file)
      ?.texts.slice(1) ?? []
  );
}

/** Newer versions write no header, so the name counts too. */
function isWrittenByCloudInit({ name, text }: NetplanFile): boolean {
  return name === '50-cloud-init.yaml' || isOfCloudInit(text);
}

const NETWORKD = '/etc/systemd/network';

function presentOf({ files }: BackendIo, netplan: readonly NetplanFile[]): Map<string, string> {
  const folders = (files.names(NETWORKD) ?? []).filter((name) => DROP_IN_FOLDER.test(name));
  const paths = [
    ...netplan.flatMap(({ name }) => [`/etc/netplan/${name}`, oldPath(name)]),
    ...folders.map((folder) => dropInPath(`${NETWORKD}/${folder}`)),
  ];
  return new Map(
    paths.flatMap((path) => {
      const text = files.text(path);
      return text === null ? [] : [[path, text]];
    }),
  );
}

/** Where a file with comments is kept when it is replaced. netplan reads only names that end in `.yaml`. */
export function oldPath(name: string): string {
  return `/etc/netplan/${name}.kvmvlan-old`;
}
