import type { NetworkChange, TrialFile } from '../../model/network/network_change';
import type { Problem } from '../../model/problem';
import type { BackendIo, BridgeRecord, Rendered } from '../backend';
import { REPLACES } from './bridge_profile';
import { down, load, tolerant, up } from './commands';
import { editsOfBridge, editsOfPort, missingEdits } from './edits';
import { getValue, parseKeyfile, type Setting } from './keyfile';
import { addedVlan, editsLost, noFormer } from './problems';
import { type Restored, restored } from './restored';
import { readStoredProfiles } from './snapshot';
import { IN_ETC, IN_RUN, type StoredProfile } from './stored_profile';
import { isVlanOn } from './vlan_profile';

/** The change that removes a bridge of `bridge create`, and gives the port its old profile back. Throws KnownError. */
export async function renderNmRemoval(io: BackendIo, record: BridgeRecord): Promise<Rendered> {
  const { bridge, port, created } = record;
  const path = `${IN_ETC}/kvmvlan-${bridge}.nmconnection`;
  const made = parseKeyfile(created.kept.find((each) => each.path === path)?.text ?? '');
  const uuid = getValue(made, 'connection', 'uuid') ?? '';
  const former = getValue(made, 'user', REPLACES) ?? '';
  const profiles = await readStoredProfiles(io);
  const edits = editsIn(io, record);
  const legacy = { port, former, edits };
  const files = created.kept.map((kept) => restored(kept, io.files.text(kept.path), legacy));
  const problems = [
    ...files.flatMap((each) => each.problems),
    ...leftBehind(profiles, files, record, uuid),
    ...(hasFormer(profiles, files, former) ? [] : [noFormer(record)]),
    ...(files.some((file) => file.uuid === former) ? [] : lostEdits(profiles, record, former, edits)),
  ];
  if (problems.some(({ level }) => level === 'error')) return { change: null, problems };
  return { change: removal(files, record, uuid, former), problems };
}

function removal(
  files: readonly Restored[],
  record: BridgeRecord,
  bridge: string,
  former: string,
): NetworkChange {
  const kept = files.flatMap(({ file }) => file ?? []);
  // The bridge's own files stay while the removal is tried: a reboot goes back to them.
  const trial = files.flatMap((each) => trialFile(each, record.bridge));
  const paths = trial.map(({ path }) => path);
  const reread = paths.length === 0 ? [] : [load(paths)];
  const vlans = files.flatMap(({ uuid, type }) => (uuid !== null && type === 'vlan' ? [uuid] : []));
  const isBond = files.some(({ uuid, type }) => uuid === former && type === 'bond');
  return {
    backend: 'NetworkManager',
    trial,
    start: [
      ...reread,
      ...vlans.map(down),
      down(bridge),
      up(former, isBond ? null : record.port),
      ...vlans.map((uuid) => up(uuid)),
    ],
    undo: [
      ...reread.map(tolerant),
      ...vlans.map(down),
      tolerant(up(bridge)),
      ...vlans.map((uuid) => tolerant(up(uuid))),
    ],
    kept,
    settle: [
      load([...kept.map(({ path }) => path).filter((path) => path.startsWith(`${IN_ETC}/`)), ...paths]),
    ],
  };
}

/** What was edited since in the profiles of the bridge and its port. */
function editsIn({ files }: BackendIo, { bridge, port, created }: BridgeRecord): Setting[] {
  const texts = (name: string): [string, string] | null => {
    const made = created.kept.find(({ path }) => path === `${IN_ETC}/${name}.nmconnection`)?.text ?? null;
    const now = made === null ? null : files.text(`${IN_ETC}/${name}.nmconnection`);
    return made === null || now === null ? null : [made, now];
  };
  const [ofBridge, ofPort] = [texts(`kvmvlan-${bridge}`), texts(`kvmvlan-${bridge}-${port}`)];
  return [
    ...(ofBridge === null
      ? []
      : editsOfBridge(parseKeyfile(ofBridge[0]), parseKeyfile(ofBridge[1]), bridge, port)),
    ...(ofPort === null ? [] : editsOfPort(parseKeyfile(ofPort[0]), parseKeyfile(ofPort[1]))),
  ];
}

/** The former profile is left alone, because other interfaces can use it too, or it was off before. */
function lostEdits(
  profiles: readonly StoredProfile[],
  record: BridgeRecord,
  former: string,
  edits: readonly Setting[],
): Problem[] {
  const profile = profiles.find(({ uuid }) => uuid === former);
  const missing = profile === undefined ? [] : missingEdits(edits, profile.keyfile);
  if (profile === undefined || missing.length === 0) return [];
  const keys = missing.map(([section, key]) => `${section}.${key}`);
  return [editsLost(record, profile, keys)];
}

function trialFile({ file, uuid }: Restored, bridge: string): TrialFile[] {
  if (file === null || file.text === null || uuid === null) return [];
  const name = file.path.slice(file.path.lastIndexOf('/') + 1);
  return [{ path: `${IN_RUN}/kvmvlan-${bridge}-${name}`, text: file.text, mode: 0o600, over: null }];
}

function hasFormer(profiles: readonly StoredProfile[], files: readonly Restored[], former: string): boolean {
  return [...profiles, ...files].some(({ uuid }) => uuid === former);
}

/** VLAN interfaces that the bridge got later. */
function leftBehind(
  profiles: readonly StoredProfile[],
  files: readonly Restored[],
  record: BridgeRecord,
  uuid: string,
): Problem[] {
  return profiles
    .filter((each) => isVlanOn(each, record.bridge, uuid) && !files.some((file) => file.uuid === each.uuid))
    .map((each) => addedVlan(record, each));
}
