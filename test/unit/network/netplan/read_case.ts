import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Exec } from '../../../../lib/model/io';
import type { NetLink, NetRoute } from '../../../../lib/model/network/host_network';
import type { Vid } from '../../../../lib/model/vlan/vid';
import type { BackendIo, BridgeRequest } from '../../../../lib/network/backend';
import { FakeHost } from '../../fake_host/fake_host';
import { parts } from '../recording';

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
  const links = commands['ip -j -d addr show'] ?? '';
  const request = requestOf(links, routesOf(commands), 'br0', portOf(name));
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

interface RouteJson {
  readonly dst: string;
  readonly dev?: string;
  readonly table?: string;
  readonly protocol?: string;
  readonly metric?: number;
}

function routesOf(commands: Readonly<Record<string, string>>): BridgeRequest['network']['routes'] {
  return ([4, 6] as const).flatMap((family) =>
    (JSON.parse(commands[`ip -j -${family} route show table all`] ?? '[]') as RouteJson[]).map(
      ({ dst: to, dev = null, table = 'main', protocol = '', metric = null }) =>
        ({ family, to, dev, table, protocol, metric }) as NetRoute,
    ),
  );
}

interface LinkJson {
  readonly ifname: string;
  readonly link?: string;
  readonly address: string;
  readonly mtu: number;
  readonly linkinfo?: { readonly info_kind?: string; readonly info_data?: { readonly id?: number } };
}

/** What the framework would ask for. Only these properties of the port matter to netplan. */
function requestOf(
  addresses: string,
  routes: BridgeRequest['network']['routes'],
  bridge: string,
  port: string,
): BridgeRequest {
  const links = JSON.parse(addresses) as LinkJson[];
  const found = links.find(({ ifname }) => ifname === port);
  if (found === undefined) throw new Error(`${port} was not recorded`);
  const { address: mac, mtu } = found;
  const vlans = links
    .filter(({ link, linkinfo }) => link === port && linkinfo?.info_kind === 'vlan')
    .map(({ ifname, linkinfo }) => ({ name: ifname, vid: linkinfo?.info_data?.id as Vid }));
  return {
    bridge,
    port: { name: port, mac, mtu } as NetLink,
    vlans,
    pvid: 1 as Vid,
    tagged: vlans.map(({ vid }) => vid),
    network: { links: new Map(), routes, rules: [], linkDns: new Map(), resolvConf: null },
  };
}
