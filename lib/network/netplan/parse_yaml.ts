import type { Exec } from '../../model/io';
import { KnownError } from '../../model/known_error';
import { oneLine } from '../../text/one_line';
import type { YamlMap } from './yaml';

/**
 * netplan.io depends on this module of Python. BaseLoader reads all scalars as text; others take the MAC
 * 52:54:00:12:34:56 for a number. Python's -I keeps the current folder out of the search for modules.
 */
const PROGRAM = `
import json, sys, yaml
files = json.load(sys.stdin)
for path in files:
    try:
        files[path] = yaml.load(files[path], Loader=yaml.BaseLoader) or {}
    except yaml.YAMLError as error:
        sys.exit("%s: %s" % (path, " ".join(str(error).split())))
json.dump(files, sys.stdout)
`;

/** The values of YAML files, by path. Throws KnownError. */
export async function parseYaml(
  exec: Exec,
  texts: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, YamlMap>> {
  const input = JSON.stringify(Object.fromEntries(texts));
  const { ok, stdout, stderr, end } = await exec('/usr/bin/python3', ['-I', '-c', PROGRAM], { input });
  if (end.kind === 'not-found' || /No module named '?yaml/.test(stderr))
    throw new KnownError(
      "netplan's files cannot be read: Python's module yaml is missing",
      'Run `apt install python3-yaml` and try again.',
    );
  if (!ok)
    throw new KnownError(
      `netplan's files cannot be read: ${oneLine(stderr.trim(), 500)}`,
      'Run `netplan generate`, correct what it reports, and try again.',
    );
  return new Map(Object.entries(JSON.parse(stdout) as Record<string, YamlMap>));
}
