import type { Dns } from './host_network';

/**
 * The servers and domains of each interface, from what `resolvectl dns` and `resolvectl domain` printed:
 * `Link 2 (eth0): 192.0.2.53 198.51.100.53`. Source: systemd, src/resolve/resolvectl.c.
 */
export function parseResolvectl(dns: string, domain: string): Map<string, Dns> {
  const servers = parseLines(dns);
  const domains = parseLines(domain);
  const names = new Set([...servers.keys(), ...domains.keys()]);
  return new Map(
    [...names].map((name) => [name, { servers: servers.get(name) ?? [], domains: domains.get(name) ?? [] }]),
  );
}

function parseLines(output: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const line of output.split('\n')) {
    const match = /^Link \d+ \(([^)]+)\):(.*)$/.exec(line);
    const words = match?.[2]?.trim().split(/\s+/).filter(Boolean) ?? [];
    if (match?.[1] !== undefined && words.length > 0) found.set(match[1], words);
  }
  return found;
}

/** The servers and search domains in a resolv.conf. Source: resolv.conf(5). */
export function parseResolvConf(text: string): Dns {
  const of = (key: string): string[] =>
    text.split('\n').flatMap((line) => {
      const [word, ...rest] = line
        .replace(/\s[#;].*$/, '')
        .trim()
        .split(/\s+/);
      return word === key ? rest : [];
    });
  return { servers: of('nameserver').filter(Boolean), domains: [...of('search'), ...of('domain')] };
}
