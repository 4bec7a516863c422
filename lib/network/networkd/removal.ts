import type { HostNetwork } from '../../model/network/host_network';
import type { ChangeCommand, KeptFile } from '../../model/network/network_change';
import type { BridgeRecord, Rendered } from '../backend';
import type { NetworkFiles } from '../network_files';
import { canMatch } from './can_match';
import { RELOAD, removeLinks } from './commands';
import { toProblem, type Finding } from './problems';
import { readUnits } from './units';

/** Empty files that hide the ones in /etc while the removal is tried. */
const MASKS = '/run/kvmvlan/masked';

/** Drop-ins with this beginning are from commands that `kvmvlan check` printed. */
const OF_KVMVLAN = /^kvmvlan-.*\.conf$/;

/** The change that removes the bridge: without its files, those that were there before are in effect again. */
export function renderRemoval(io: NetworkFiles, record: BridgeRecord, network: HostNetwork): Rendered {
  const { bridge, port, created } = record;
  const files = created.kept.flatMap(({ path, text, mode }) => {
    const now = io.text(path);
    return now === null ? [] : [{ path, mode, now, isEdited: now !== text }];
  });
  const edited = files
    .filter(({ isEdited }) => isEdited)
    .map(({ path }): Finding => ({ kind: 'edited', file: path }));
  const paths = files.map(({ path }) => path);
  const left = readUnits(io, '.network').filter(({ file }) => !paths.includes(file));
  const names = [port, ...(network.links.get(port)?.altNames ?? [])];
  if (!left.some((unit) => canMatch(unit, names))) {
    const file = paths.find((path) => path.endsWith(`${port}.network`)) ?? paths[0] ?? 'its file';
    return { change: null, problems: [toProblem({ kind: 'nothing-left', port, file })] };
  }
  const vlans = record.vlans.map(({ name }) => name).filter((name) => network.links.has(name));
  const again: ChangeCommand = { command: 'networkctl', args: ['reconfigure', bridge] };
  const change = {
    backend: 'systemd-networkd' as const,
    trial: files.map(({ path, mode }) => ({
      path: `${MASKS}/${baseName(path)}`,
      text: '',
      mode,
      over: path,
    })),
    start: [...removeLinks(vlans), RELOAD, ...removeLinks([bridge])],
    undo: [...removeLinks(vlans), RELOAD, ...(vlans.length > 0 ? [again] : [])],
    kept: [
      ...files.map(({ path, mode, now }): KeptFile => ({ path, was: now, text: null, mode })),
      ...paths.flatMap((path) => dropIns(io, path)),
    ],
    settle: [],
  };
  return { change, problems: edited.map(toProblem) };
}

function dropIns(io: NetworkFiles, file: string): KeptFile[] {
  const names = (io.names(`${file}.d`) ?? []).filter((name) => OF_KVMVLAN.test(name));
  return names.flatMap((name) => {
    const path = `${file}.d/${name}`;
    const was = io.text(path);
    return was === null ? [] : [{ path, was, text: null, mode: 0o644 }];
  });
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
