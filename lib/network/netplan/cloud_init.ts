import type { KeptFile } from '../../model/network/network_change';
import type { NetworkFiles } from '../network_files';
import type { NetplanFile } from './netplan_files';

const FOLDER = '/etc/cloud/cloud.cfg.d';
const PATH = `${FOLDER}/99-kvmvlan-network.cfg`;

const TEXT = `# Written by kvmvlan: cloud-init must not write netplan's files again, since they have a bridge now.
network:
  config: disabled
`;

/** cloud-init writes this into each file, but newer versions write only the name. */
const HEADER = /generated from information provided by the datasource/;

const DISABLED = /^network:\s*(\{\s*config:\s*disabled\s*\}|(#.*)?\n\s+config:\s*disabled)\s*$/m;

export function isOfCloudInit({ name, text }: NetplanFile): boolean {
  return name === '50-cloud-init.yaml' || HEADER.test(text);
}

/** The file that keeps cloud-init from writing its file again; null: one says so already. */
export function cloudInitOff(files: NetworkFiles): KeptFile | null {
  const isOff = (files.names(FOLDER) ?? []).some(
    (name) => name.endsWith('.cfg') && DISABLED.test(files.text(`${FOLDER}/${name}`) ?? ''),
  );
  return isOff ? null : { path: PATH, was: files.text(PATH), text: TEXT, mode: 0o644 };
}
