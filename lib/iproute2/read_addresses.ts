import { KnownError, type Exec } from '../types';
import { parseAddresses, type HostLinks } from './parse_addresses';

/** Asks the kernel how the host itself is on its bridges. Throws KnownError where it cannot be asked. */
export async function readAddresses(exec: Exec): Promise<HostLinks> {
  const shown = await exec('ip', ['-j', '-d', 'addr', 'show']);
  if (shown.ok) return parseAddresses(shown.stdout);
  const why = [shown.failure, shown.stderr.trim()].filter(Boolean).join(': ');
  throw new KnownError(
    `cannot ask for the host's addresses: ip: ${why}`,
    'Run `ip addr show` by hand to see what is wrong.',
  );
}
