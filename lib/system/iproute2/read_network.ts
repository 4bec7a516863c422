import { whyFailed } from '../../model/describe_end';
import type { Exec, HostIo } from '../../model/io';
import { KnownError } from '../../model/known_error';
import type { HostNetwork } from '../../model/network/host_network';
import { parseLinks } from '../../model/network/parse_links';
import { parseResolvectl } from '../../model/network/parse_resolvectl';
import { parseRoutes, parseRules } from '../../model/network/parse_routes';

/** Reads interfaces, addresses, routes, rules and DNS. Throws KnownError if `ip` fails. */
export async function readNetwork({
  exec,
  readText,
}: Pick<HostIo, 'exec' | 'readText'>): Promise<HostNetwork> {
  const [links, routes4, routes6, rules4, rules6, dns, domain] = await Promise.all([
    show(exec, ['-j', '-d', 'addr', 'show']),
    show(exec, ['-j', '-4', 'route', 'show', 'table', 'all']),
    show(exec, ['-j', '-6', 'route', 'show', 'table', 'all']),
    show(exec, ['-j', '-4', 'rule', 'show']),
    show(exec, ['-j', '-6', 'rule', 'show']),
    exec('resolvectl', ['dns']),
    exec('resolvectl', ['domain']),
  ]);
  return {
    links: parseLinks(links),
    routes: [...parseRoutes(routes4, 4), ...parseRoutes(routes6, 6)],
    rules: [...parseRules(rules4, 4), ...parseRules(rules6, 6)],
    // Without systemd-resolved both fail, and resolv.conf has all of it.
    linkDns: parseResolvectl(dns.stdout, domain.stdout),
    resolvConf: readText('/etc/resolv.conf'),
  };
}

async function show(exec: Exec, args: readonly string[]): Promise<string> {
  const result = await exec('ip', args);
  if (result.ok) return result.stdout;
  throw new KnownError(
    `cannot read the network of this host: \`ip ${args.join(' ')}\`: ${whyFailed(result)}`,
    result.end.kind === 'not-found'
      ? 'Install iproute2 (apt-get install iproute2, or dnf install iproute).'
      : `Run \`ip ${args.filter((arg) => arg !== '-j').join(' ')}\` to see what is wrong.`,
  );
}
