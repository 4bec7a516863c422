import { KnownError, type Exec, type ExecResult } from '../types';
import type { Host } from '../vlan/host';
import { BRIDGE_SHOW, parseHost } from './parse_host';

/**
 * Asks the kernel for all bridges, their ports and the VLANs of both, and for the ports' flags where they are wanted.
 * Throws KnownError where a tool fails.
 */
export async function readHost(exec: Exec, withFlags = false): Promise<Host> {
  const [shown, bridges, links] = await Promise.all([
    exec('bridge', ['-j', '-batch', '-'], { input: BRIDGE_SHOW }),
    exec('ip', ['-j', '-d', 'link', 'show', 'type', 'bridge']),
    withFlags ? exec('bridge', ['-j', '-d', 'link', 'show']) : null,
  ]);
  const flags = links === null ? null : output('bridge', links);
  return parseHost(output('bridge', shown), output('ip', bridges), flags);
}

/** The ports alone: one process where `readHost` takes two. The host it returns has no bridges. */
export async function readPorts(exec: Exec, withFlags: boolean): Promise<Host> {
  const shown = await exec('bridge', ['-j', '-batch', '-'], { input: BRIDGE_SHOW });
  const links = withFlags ? await exec('bridge', ['-j', '-d', 'link', 'show']) : null;
  return parseHost(output('bridge', shown), '[]', links === null ? null : output('bridge', links));
}

function output(tool: string, result: ExecResult): string {
  if (result.ok) return result.stdout;
  throw new KnownError(
    `cannot ask the kernel: ${tool}: ${[result.failure, result.stderr.trim()].filter(Boolean).join(': ')}`,
    result.failure === 'not found'
      ? 'Install iproute2 (apt-get install iproute2, or dnf install iproute).'
      : `Run \`${tool} link show\` by hand to see what is wrong.`,
  );
}
