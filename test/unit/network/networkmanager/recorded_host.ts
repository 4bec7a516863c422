import { join } from 'node:path';
import { getValue, parseKeyfile } from '../../../../lib/network/networkmanager/keyfile';
import type { Rendered } from '../../../../lib/network/backend';
import { LIST_PROFILES } from '../../../../lib/network/networkmanager/stored_profile';
import { FakeHost } from '../../fake_host/fake_host';
import { caseText } from '../../golden';
import { partsOf } from '../recording';

/**
 * The folder of the cases. files.txt and commands.txt are of a Debian 12 (NetworkManager 1.42) or 13 (1.52) on which
 * NetworkManager configured the port. The profiles of cloud_init_* are written by cloud-init's renderer, those of nmcli_*
 * and others by nmcli, and "Wired connection 1" by NetworkManager itself.
 */
export const CASES = join(__dirname, 'cases');

const LIST = ['nmcli', ...LIST_PROFILES].join(' ');

/** A host that plays commands back, and whose nmcli also lists profiles that are written later. */
class NmHost extends FakeHost {
  constructor(
    files: Record<string, string>,
    private readonly recorded: Record<string, string>,
  ) {
    super({ files, commands: recorded });
    this.replace = (line) => (line === LIST ? this.list() : undefined);
  }

  /** All that was recorded, and the profiles that a change has added. */
  private list(): ReturnType<FakeHost['replace']> {
    const listed = this.recorded[LIST] ?? '';
    const added = Object.entries(this.files).flatMap(([path, text]) => {
      const uuid = getValue(parseKeyfile(text ?? ''), 'connection', 'uuid');
      const isNew = path.startsWith('/etc/NetworkManager/system-connections/') && text !== null;
      return isNew && uuid !== null && !listed.includes(uuid) ? [`${uuid}::${path}`] : [];
    });
    const stdout = [listed.trimEnd(), ...added, ''].join('\n');
    return { ok: true, stdout, stderr: '', end: { kind: 'exit', status: 0 } };
  }
}

/** A recorded host, and what `ip` printed there. */
export function recordedHost(name: string): { host: FakeHost; ipAddr: string } {
  const files = partsOf(caseText(CASES, name, 'files.txt'), /^==> (.*)$/);
  const commands = partsOf(caseText(CASES, name, 'commands.txt'), /^\$ (.*)$/);
  return { host: new NmHost(files, commands), ipAddr: commands['ip -j -d addr show'] ?? '[]' };
}

/** Writes the files of a change as when it is confirmed. */
export function keep(host: FakeHost, { change }: Rendered): void {
  for (const { path, text } of change?.kept ?? [])
    if (text === null) delete host.files[path];
    else host.files[path] = text;
}
