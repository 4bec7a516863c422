import { describeEnd } from '../../model/describe_end';
import type { Host } from '../../model/host/host';
import { ADDR_SHOW, parseHost, VLAN_SHOW } from '../../model/host/parse_host';
import { hasTunnels, parseTunnels, TUNNEL_SHOW } from '../../model/host/parse_tunnels';
import type { Exec, ExecResult } from '../../model/io';
import { KnownError } from '../../model/known_error';

/**
 * Reads all bridges and interfaces, the VLANs and flags of ports, and the host's own addresses from the kernel. It
 * starts two processes, independent of the number of ports, and a third one only if a port has vlan_tunnel on. Throws
 * KnownError if a tool fails.
 */
export async function readHost(exec: Exec): Promise<Host> {
  const [vlans, links] = await Promise.all([exec('bridge', VLAN_SHOW), exec('ip', ADDR_SHOW)]);
  const host = parseHost(output('bridge', 'bridge vlan show', vlans), output('ip', 'ip -d addr show', links));
  if (!hasTunnels(host)) return host;
  return parseTunnels(output('bridge', 'bridge vlan tunnelshow', await exec('bridge', TUNNEL_SHOW)), host);
}

function output(tool: string, command: string, result: ExecResult): string {
  if (result.ok) return result.stdout;
  throw new KnownError(
    `cannot read the bridges of this host: ${tool}: ${[describeEnd(result.end), result.stderr.trim()].filter(Boolean).join(': ')}`,
    result.end.kind === 'not-found'
      ? 'Install iproute2 (apt-get install iproute2, or dnf install iproute).'
      : `Run \`${command}\` to see what is wrong.`,
  );
}
