import type { KeptFile, NetworkChange, TrialFile } from '../../model/network/network_change';
import type { BridgeRequest, Rendered } from '../backend';
import { bridgeProfile } from './bridge_profile';
import { losses } from './losses';
import { refusals } from './refusals';
import { down, load, removeLink, tolerant, up } from './commands';
import { formatKeyfile, getValue, type Keyfile, parseKeyfile, setValue, withoutSections } from './keyfile';
import type { NmState } from './nm_state';
import { pin } from './pins';
import { bondProfile, portProfile } from './port_profile';
import { fileInEtc, IN_ETC, IN_RUN, type StoredProfile, typeOf } from './stored_profile';
import { vlanOn } from './vlan_profile';

/** A profile of the change: a trial file in /run, and the file in /etc that it becomes. */
export interface NewProfile {
  readonly keyfile: Keyfile;
  /** Without the folder. */
  readonly trial: string;
  readonly kept: string;
  /** What is at `kept` now; null: nothing. */
  readonly was: string | null;
}

/** The change that creates the bridge. */
export function renderNm(state: NmState, request: BridgeRequest): Rendered {
  const refused = refusals(state, request);
  if (refused.length > 0) return { change: null, problems: refused };
  const { profile, profiles } = state;
  const { bridge, port } = request;
  const pinned = pin(bridgeProfile(profile, request), state, port);
  const isBond = typeOf(profile) === 'bond';
  const vlans = request.vlans.flatMap(({ name }) => {
    const vlan = profiles.find(({ device }) => device === name);
    return vlan === undefined ? [] : [{ vlan, keyfile: vlanOn(vlan, name, bridge) }];
  });
  const created: NewProfile[] = [
    newProfile(pinned.keyfile, `kvmvlan-${bridge}`),
    isBond
      ? replaced(bridge, profile, bondProfile(profile, request), state.saved)
      : newProfile(portProfile(profile, profiles, request), `kvmvlan-${bridge}-${port.name}`),
    ...vlans.map(({ vlan, keyfile }) => replaced(bridge, vlan, keyfile, savedText(vlan))),
  ];
  const former = isBond ? [] : formerProfile(state, port.name);
  const bridgeUuid = getValue(pinned.keyfile, 'connection', 'uuid') ?? '';
  const vlanUuids = vlans.map(({ vlan }) => vlan.uuid);
  const trial = created.map(trialFile);
  const kept = [...created.map(keptFile), ...former];
  const change: NetworkChange = {
    backend: 'NetworkManager',
    trial,
    start: [
      load(trial.map(({ path }) => path)),
      // NetworkManager does not move a VLAN interface to another parent: it has to make it again.
      ...vlanUuids.map(down),
      up(bridgeUuid),
      ...vlanUuids.map((uuid) => up(uuid)),
    ],
    undo: [
      tolerant(load(trial.map(({ path }) => path))),
      removeLink(bridge),
      tolerant(up(profile.uuid, isBond ? null : port.name)),
      ...vlanUuids.map((uuid) => tolerant(up(uuid))),
    ],
    kept: state.cloudInit === null ? kept : [...kept, state.cloudInit],
    settle: [load([...kept, ...trial].map(({ path }) => path))],
  };
  return { change, problems: [...losses(state, request), ...pinned.problems] };
}

function newProfile(keyfile: Keyfile, name: string): NewProfile {
  const file = `${name}.nmconnection`;
  return { keyfile, trial: file, kept: `${IN_ETC}/${file}`, was: null };
}

/** A profile that hides the one with the same UUID while the change is tried, and then replaces it. */
export function replaced(
  bridge: string,
  { file }: StoredProfile,
  keyfile: Keyfile,
  was: string | null,
): NewProfile {
  const kept = fileInEtc(file);
  return { keyfile, trial: `kvmvlan-${bridge}-${kept.slice(kept.lastIndexOf('/') + 1)}`, kept, was };
}

/** The text in /etc that a profile has; one in /usr/lib has none. */
export function savedText({ file, text }: StoredProfile): string | null {
  return file.startsWith(`${IN_ETC}/`) ? text : null;
}

export function trialFile({ keyfile, trial }: NewProfile): TrialFile {
  return { path: `${IN_RUN}/${trial}`, text: formatKeyfile(keyfile), mode: 0o600, over: null };
}

export function keptFile({ keyfile, kept, was }: NewProfile): KeptFile {
  return { path: kept, was, text: formatKeyfile(keyfile), mode: 0o600 };
}

/**
 * The old profile of the port, which is kept for the day when the bridge is removed, and not activated any more. One that
 * other interfaces can use too is left alone: the port's new profile has a higher priority.
 */
function formerProfile({ profile, saved }: NmState, port: string): KeptFile[] {
  const { keyfile, file, text } = profile;
  const isBound =
    getValue(keyfile, 'connection', 'interface-name') === port ||
    getValue(keyfile, 'ethernet', 'mac-address') !== null;
  const base = saved === null ? withoutNotes(parseKeyfile(text ?? '')) : parseKeyfile(saved);
  const isOff = getValue(base, 'connection', 'autoconnect') === 'false';
  if (!isBound || (isOff && saved !== null)) return [];
  const off = setValue(base, 'connection', 'autoconnect', 'false');
  const withUuid = setValue(off, 'connection', 'uuid', profile.uuid);
  return [{ path: fileInEtc(file), was: saved, text: formatKeyfile(withUuid), mode: 0o600 }];
}

/** What NetworkManager notes for itself in files in /run. */
function withoutNotes(keyfile: Keyfile): Keyfile {
  return setValue(withoutSections(keyfile, ['.nmmeta']), 'connection', 'timestamp', null);
}
