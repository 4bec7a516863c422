import { whyFailed } from '../../model/describe_end';
import type { HostIo } from '../../model/io';
import { KnownError } from '../../model/known_error';
import { parseLinks } from '../../model/network/parse_links';
import { parseRouting, ROUTING_SHOW } from '../../model/routes/parse_routing';
import type { Routing } from '../../model/routes/routing';

/**
 * Reads interfaces, routes, rules, proxy entries and settings from the kernel in three processes, however many guests
 * there are. Throws KnownError if `ip` fails.
 *
 * @param files the files below /proc/sys that matter
 */
export async function readRouting(
  { exec, readText }: Pick<HostIo, 'exec' | 'readText'>,
  files: readonly string[],
): Promise<Omit<Routing, 'filters' | 'uplinkFilters'>> {
  const show = async (args: readonly string[], input?: string): Promise<string> => {
    const result = await exec('ip', args, input === undefined ? {} : { input });
    if (result.ok) return result.stdout;
    throw new KnownError(
      `cannot read the routes of this host: \`ip ${args.join(' ')}\`: ${whyFailed(result)}`,
      result.end.kind === 'not-found'
        ? 'Install iproute2 (apt-get install iproute2, or dnf install iproute).'
        : 'Run `ip route show table all` to see what is wrong.',
    );
  };
  const [links, four, six] = await Promise.all([
    show(['-j', '-d', 'addr', 'show']),
    show(['-N', '-j', '-4', '-batch', '-'], ROUTING_SHOW),
    show(['-N', '-j', '-6', '-batch', '-'], ROUTING_SHOW),
  ]);
  const [v4, v6] = [parseRouting(four, 4), parseRouting(six, 6)];
  const settings = files.flatMap((file): [string, string][] => {
    const text = readText(file);
    return text === null ? [] : [[file, text.trim()]];
  });
  return {
    links: parseLinks(links),
    routes: [...v4.routes, ...v6.routes],
    proxies: [...v4.proxies, ...v6.proxies],
    neighbours: [...v4.neighbours, ...v6.neighbours],
    rules: [...v4.rules, ...v6.rules],
    settings: new Map(settings),
  };
}
