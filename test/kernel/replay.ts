import { parseVlans } from '../../lib/model/host/parse_host';
import type { PortVlans } from '../../lib/model/vlan/port_vlans';
import type { Kernel } from './kernel';
import { succeed } from './succeed';

/** VLANs by interface; one that is in none is absent. */
export type Vlans = ReadonlyMap<string, PortVlans>;

/** Runs `bridge` commands in one process. Returns what the kernel says after each; throws where it refuses one. */
export async function replay(kernel: Kernel, commands: readonly (readonly string[])[]): Promise<Vlans[]> {
  const stdin = commands.map((words) => `${words.join(' ')}\nvlan show\n`).join('');
  const stdout = await succeed(kernel, 'bridge -j -batch -', { stdin });
  const shown = stdout.split('\n').filter((line) => line.startsWith('['));
  if (shown.length !== commands.length)
    throw new Error(`${commands.length} commands, ${shown.length} answers`);
  return shown.map((line) => parseVlans(line));
}
