import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FakeHost } from '../../fake_host/fake_host';
import { caseText } from '../../golden';
import { partsOf } from '../recording';

/**
 * The folder of the cases. files.txt and commands.txt are of hosts on which systemd-networkd of Debian 12 (252)
 * or 13 (257) configured eth0 with these files; the bond had no DHCP server. 10-cloud-init-*.network are written by cloud-init's renderer.
 */
export const CASES = join(__dirname, 'cases');

/** A recorded host, with the files that the systemd package of its version ships, and what `ip` printed there. */
export function recordedHost(name: string): { host: FakeHost; ipAddr: string } {
  const [version = ''] = name.split('_');
  const shipped = partsOf(readFileSync(join(__dirname, `shipped_${version}.txt`), 'utf8'), /^==> (.*)$/);
  const files = partsOf(caseText(CASES, name, 'files.txt'), /^==> (.*)$/);
  const commands = partsOf(caseText(CASES, name, 'commands.txt'), /^\$ (.*)$/);
  const host = new FakeHost({ files: { ...shipped, ...files }, commands });
  return { host, ipAddr: commands['ip -j -d addr show'] ?? '[]' };
}
