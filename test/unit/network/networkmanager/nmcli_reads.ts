import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  getValue,
  keyOf,
  type Keyfile,
  nameOf,
  parseKeyfile,
} from '../../../../lib/network/networkmanager/keyfile';
import { testCache } from '../../../test_cache';

/** Where test/setup.sh unpacks tools whose packages would take over the network of the machine. */
function unpacked(): string {
  return join(testCache(), 'tools', 'usr', 'bin', 'nmcli');
}

const nmcli = existsSync(unpacked()) ? unpacked() : 'nmcli';

/** Why nmcli cannot check profiles here; undefined: it can. */
export function whyNot(): string | undefined {
  const { error, stdout } = spawnSync(nmcli, ['--version'], { encoding: 'utf8' });
  if (error !== undefined) return 'there is no nmcli; test/setup.sh unit gets it';
  // `--offline` is of version 1.40.
  return Number(/ 1\.(\d+)\./.exec(stdout)?.[1] ?? 0) >= 40 ? undefined : 'nmcli is older than 1.40';
}

/** What nmcli finds wrong with a profile, and the settings in it that NetworkManager does not take. */
export function nmcliReads(text: string): { error: string; dropped: string[] } {
  // It wants to change something.
  const id = getValue(parseKeyfile(text), 'connection', 'id') ?? '';
  const args = ['--offline', 'connection', 'modify', 'connection.id', id];
  const { stderr, stdout } = spawnSync(nmcli, args, { input: text, encoding: 'utf8' });
  const read = new Set(settingsOf(parseKeyfile(stdout)));
  return { error: stderr.trim(), dropped: settingsOf(parseKeyfile(text)).filter((each) => !read.has(each)) };
}

/** `[ipv4] method=auto`, with the differences that do not count removed. */
function settingsOf(keyfile: Keyfile): string[] {
  return keyfile.flatMap(({ name, lines }) =>
    lines.flatMap((line) => {
      const key = keyOf(line);
      const value = line.slice(line.indexOf('=') + 1).replace(/\s*,\s*/g, ',');
      return key === null ? [] : [`[${nameOf(name)}] ${key}=${value.trim()}`];
    }),
  );
}
