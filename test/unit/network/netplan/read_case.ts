import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Exec } from '../../../../lib/model/io';
import { parseRoutes } from '../../../../lib/model/network/parse_routes';
import type { BackendIo, BridgeRequest } from '../../../../lib/network/backend';
import { FakeHost } from '../../fake_host/fake_host';
import { parts } from '../recording';
import { requestOf } from '../request_of';

/**
 * The folder of the cases. The files in /etc/netplan are what cloud-init, Debian's cloud images and netplan's documentation
 * give users (README.md); the rest was recorded where netplan and its renderer used them.
 */
export const CASES = join(__dirname, 'cases');

export interface NetplanCase {
  readonly files: Readonly<Record<string, string>>;
  readonly io: BackendIo;
  readonly request: BridgeRequest;
}

export function readCase(name: string): NetplanCase {
  const folder = join(CASES, name);
  const files = parts(join(folder, 'files.txt'), /^==> (.*)$/);
  const commands = parts(join(folder, 'commands.txt'), /^\$ (.*)$/);
  const request = requestWithRoutes(commands, portOf(name));
  return { files, io: ioOf(files, commands), request };
}

function portOf(name: string): string {
  return /bond/.test(name) ? 'bond0' : 'eth0';
}

export function ioOf(
  files: Readonly<Record<string, string>>,
  commands: Readonly<Record<string, string>> = {},
): BackendIo {
  const host = new FakeHost({ files, commands });
  const exec: Exec = (command, args, options) =>
    command === '/usr/bin/python3'
      ? Promise.resolve(runPython(args, options?.input ?? ''))
      : host.exec(command, args, options);
  return { files: host.networkFiles(), exec };
}

/** The parser of YAML is the real one. */
function runPython(args: readonly string[], input: string): Awaited<ReturnType<Exec>> {
  const { status, stdout, stderr } = spawnSync('/usr/bin/python3', args, { input, encoding: 'utf8' });
  return { ok: status === 0, stdout, stderr, end: { kind: 'exit', status: status ?? -1 } };
}

/** What `bridge create br0` asks for, with the routes of the host. */
function requestWithRoutes(commands: Readonly<Record<string, string>>, name: string): BridgeRequest {
  const routes = ([4, 6] as const).flatMap((family) =>
    parseRoutes(commands[`ip -j -${family} route show table all`] ?? '', family),
  );
  const request = requestOf(commands['ip -j -d addr show'] ?? '', name);
  return { ...request, network: { ...request.network, routes } };
}
