import { REPLACES, renamedRule } from './bridge_profile';
import { getValue, keyOf, type Keyfile, nameOf, type Setting } from './keyfile';
import { isForBridge, NOTES, OF_BRIDGE, OF_PORT, OF_PROFILE } from './profile_parts';

/**
 * The addressing that was edited in the profile of a bridge, for the profile of its port. Settings of the bridge itself end
 * with it.
 *
 * @param made the profile as `bridge create` wrote it
 * @param now the profile as it is now
 */
export function editsOfBridge(made: Keyfile, now: Keyfile, bridge: string, port: string): Setting[] {
  return edits(made, now, (section, key) =>
    section === 'connection'
      ? !OF_PROFILE.includes(key) && isForBridge(key)
      : OF_BRIDGE.includes(section) && key !== REPLACES,
  ).map(([section, key, value]) => [section, key, value && renamedRule(key, value, bridge, port)]);
}

/** What was edited about the link in the profile of a port. */
export function editsOfPort(made: Keyfile, now: Keyfile): Setting[] {
  const others = [...OF_BRIDGE, ...NOTES, 'bridge-port', 'match'];
  return edits(made, now, (section, key) =>
    section === 'connection' ? OF_PORT.includes(key) : !others.includes(section),
  );
}

/** The edits that a profile does not have yet. */
export function missingEdits(all: readonly Setting[], keyfile: Keyfile): Setting[] {
  return all.filter(([section, key, value]) => getValue(keyfile, section, key) !== value);
}

function edits(made: Keyfile, now: Keyfile, isWanted: (section: string, key: string) => boolean): Setting[] {
  const keys = [...made, ...now].flatMap(({ name, lines }) =>
    lines.flatMap((line): [string, string][] => {
      const key = keyOf(line);
      return key !== null && isWanted(nameOf(name), key) ? [[nameOf(name), key]] : [];
    }),
  );
  return [...new Map(keys.map((each) => [each.join('.'), each])).values()].flatMap(
    ([section, key]): Setting[] => {
      const value = getValue(now, section, key);
      return value === getValue(made, section, key) ? [] : [[section, key, value]];
    },
  );
}
