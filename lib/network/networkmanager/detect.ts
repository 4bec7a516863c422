import type { BackendIo } from '../backend';
import { parseKeyfile } from './keyfile';
import { isExternal, isOfNetplan, LIST_PROFILES, parseProfileList } from './stored_profile';

/** The file of the profile that NetworkManager uses for an interface; null: none, or it is another program's. */
export async function detectNm({ files, exec }: BackendIo, port: string): Promise<string | null> {
  const { ok, stdout } = await exec('nmcli', [...LIST_PROFILES, '--active']);
  if (!ok) return null;
  const used = parseProfileList(stdout).find(({ device }) => device === port);
  if (used === undefined || isOfNetplan(used.file)) return null;
  return isExternal(parseKeyfile(files.text(used.file) ?? '')) ? null : used.file;
}
