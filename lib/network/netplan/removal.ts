import type { KeptFile, TrialFile } from '../../model/network/network_change';
import type { Problem } from '../../model/problem';
import type { BackendIo, BridgeRecord, Rendered } from '../backend';
import { GENERATE } from './commands';
import { findDefinition } from './definition';
import { formatYaml } from './format_yaml';
import { readNetplanFiles, type NetplanFile } from './netplan_files';
import { ownName } from './own_file';
import { notRemovable, remains } from './problems';
import { YAML_MODE } from './render';
import { restoredFile, type DefinedBridge } from './restored_file';
import { mapAt, type YamlMap } from './yaml';

/** Hides the file of its name in /etc. */
const NOTHING = 'network:\n  version: 2\n';

/**
 * The change that removes the bridge. A file that nobody has edited since becomes what it was, with its comments; from
 * another one the addressing moves back.
 */
export async function renderRemoval(io: BackendIo, record: BridgeRecord): Promise<Rendered> {
  const files = await readNetplanFiles(io.files, io.exec);
  const defined = findBridge(files, record.bridge);
  if ('message' in defined) return { change: null, problems: [defined] };

  const restored = files.flatMap((file) => restore(io, record, defined, file));
  const others = otherFiles(
    io,
    record,
    restored.every(({ isExact }) => isExact),
  );
  const trial = restored.map(({ file, text, below }): TrialFile => ({
    path: `/run/netplan/${file.name}`,
    text: text ?? below ?? NOTHING,
    mode: YAML_MODE,
    over: null,
  }));
  const kept = restored.map(({ file, text }): KeptFile => ({
    path: file.path,
    was: file.text,
    text,
    mode: YAML_MODE,
  }));
  const { start, undo } = record.created;
  return {
    // The port's profile is the one that the undo of the creation activates.
    change: {
      backend: 'netplan',
      trial,
      start: undo,
      undo: start,
      kept: [...kept, ...others.kept],
      settle: [GENERATE],
    },
    problems: others.problems,
  };
}

function findBridge(files: readonly NetplanFile[], bridge: string): DefinedBridge | Problem {
  const ports = files.flatMap(({ yaml }) =>
    Object.values(mapAt(yaml, 'network', 'bridges', bridge).interfaces ?? []).filter(
      (port): port is string => typeof port === 'string',
    ),
  );
  const [id = ''] = ports;
  const definition = ports.length === 1 ? findDefinition(files, id) : null;
  if (definition === null) return notRemovable(bridge, ports);
  const own = files.find(({ name }) => name === ownName(bridge));
  const { type } = definition;
  return { bridge, id, type, match: mapAt(own?.yaml, 'network', type, id, 'match') };
}

interface Restored {
  readonly file: NetplanFile;
  /** null: the file is removed. */
  readonly text: string | null;
  /** The file that it has hidden; null: none. */
  readonly below: string | null;
  /** It becomes exactly what it was. */
  readonly isExact: boolean;
}

function restore(io: BackendIo, record: BridgeRecord, defined: DefinedBridge, file: NetplanFile): Restored[] {
  const created = record.created.kept.find(({ path }) => path === file.path);
  const below = io.files.text(`/lib/netplan/${file.name}`);
  if (created?.text === file.text) return [{ file, text: created.was, below, isExact: true }];
  if (!mentions(file.yaml, defined.bridge)) return [];
  const yaml = restoredFile(file.yaml, defined, file.name === ownName(defined.bridge));
  return [{ file, text: yaml === null ? null : formatYaml(yaml), below, isExact: false }];
}

function mentions(yaml: YamlMap, bridge: string): boolean {
  const network = mapAt(yaml, 'network');
  return (
    mapAt(network, 'bridges')[bridge] !== undefined ||
    Object.values(mapAt(network, 'vlans')).some((vlan) => mapAt(vlan).link === bridge)
  );
}

/** The files that are not netplan's: they go if nobody has edited them. */
function otherFiles(
  io: BackendIo,
  { created }: BridgeRecord,
  isExact: boolean,
): { kept: KeptFile[]; problems: Problem[] } {
  const kept: KeptFile[] = [];
  const problems: Problem[] = [];
  for (const file of created.kept.filter(({ path }) => !path.endsWith('.yaml'))) {
    const now = io.files.text(file.path);
    if (now === null) continue;
    // They belong to files that somebody has edited: comments, and what cloud-init would overwrite.
    const isNeeded = !isExact && !file.path.startsWith('/etc/systemd/network/');
    if (now === file.text && !isNeeded) kept.push({ ...file, was: now, text: file.was });
    else problems.push(remains(file.path, isNeeded ? 'others' : 'itself'));
  }
  return { kept, problems };
}
