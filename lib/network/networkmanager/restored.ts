import type { KeptFile } from '../../model/network/network_change';
import type { Problem } from '../../model/problem';
import {
  formatKeyfile,
  getValue,
  type Keyfile,
  parseKeyfile,
  type Setting,
  setValue,
  setValues,
} from './keyfile';
import { bondEdited } from './problems';
import { IN_ETC } from './stored_profile';

/** What the removal of a bridge does with a file that its creation wrote. */
export interface Restored {
  /** null: it is left as it is now. */
  readonly file: KeptFile | null;
  /** The profile in it that is used afterwards; null: none. */
  readonly uuid: string | null;
  /** The type of that profile: `vlan`, `bond`, `ethernet`; null: none. */
  readonly type: string | null;
  readonly problems: readonly Problem[];
}

/** What a bridge leaves behind. */
export interface Legacy {
  readonly port: string;
  /** The UUID of the profile that the port gets back. */
  readonly former: string;
  /** What was edited since in the profiles of the bridge and its port: the former profile gets it. */
  readonly edits: readonly Setting[];
}

/**
 * The way back of a file, which may have been edited or removed since.
 *
 * @param now its text now; null: it does not exist
 */
export function restored(made: KeptFile, now: string | null, { port, former, edits }: Legacy): Restored {
  const keyfile = parseKeyfile(made.text ?? '');
  const isProfile = made.path.startsWith(`${IN_ETC}/`);
  const uuid = isProfile ? getValue(keyfile, 'connection', 'uuid') : null;
  const type = getValue(keyfile, 'connection', 'type');
  if (uuid === null) return now === made.text ? gone(made, now, made.was) : untouched();
  if (type === 'vlan') return now === null ? untouched() : restoredVlan(made, now, uuid, port);
  return uuid === former ? restoredFormer(made, now, { uuid, type, edits }) : gone(made, now, null);
}

function untouched(): Restored {
  return { file: null, uuid: null, type: null, problems: [] };
}

function gone(made: KeptFile, now: string | null, text: string | null): Restored {
  const file = now === text ? null : { ...made, was: now, text };
  return { file, uuid: null, type: null, problems: [] };
}

function restoredVlan(made: KeptFile, now: string, uuid: string, port: string): Restored {
  const before = getValue(parseKeyfile(made.was ?? ''), 'vlan', 'parent') ?? port;
  const moved = formatKeyfile(setValue(parseKeyfile(now), 'vlan', 'parent', before));
  const text = now === made.text && made.was !== null ? made.was : moved;
  return { file: { ...made, was: now, text }, uuid, type: 'vlan', problems: [] };
}

/** The profile of the port: of an Ethernet interface, it was only kept from being activated. */
function restoredFormer(
  made: KeptFile,
  now: string | null,
  { edits, ...base }: Pick<Restored, 'uuid' | 'type'> & Pick<Legacy, 'edits'>,
): Restored {
  const isEdited = now !== null && now !== made.text;
  if (base.type === 'bond' && isEdited) return { ...base, file: null, problems: [bondEdited(made.path)] };
  const text =
    !isEdited && made.was !== null ? made.was : formatKeyfile(activated(isEdited ? now : made.text));
  const edited = edits.length === 0 ? text : formatKeyfile(setValues(parseKeyfile(text), edits));
  return { ...base, file: { ...made, was: now, text: edited }, problems: [] };
}

function activated(text: string | null): Keyfile {
  return setValue(parseKeyfile(text ?? ''), 'connection', 'autoconnect', null);
}
