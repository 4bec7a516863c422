import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Exec } from '../../../lib/model/io';
import { safeFolder } from '../../safe_folder';
import { succeeded } from '../exec_results';
import { kindOf } from '../model/host/bridge_port';
import { linkJson, portJson } from '../fake_host/link_json';

const made: string[] = [];
afterAll(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true });
});

/** The head of a bundle: for those who only look, it is one. */
export const bundle = (name: string, version = '1.0.0'): string =>
  `#!/bin/sh\n":" [/*;trap 'exit 1' 0\n# kvmvlan ${version} ${name}: sh and JavaScript at once\n`;

/** A hooks root with files by path; what begins with #! is executable. */
export function hooksRoot(files: Readonly<Record<string, string>>): string {
  const root = safeFolder('kvmvlan-cli-');
  made.push(root);
  for (const [path, text] of Object.entries(files)) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true, mode: 0o755 });
    writeFileSync(file, text);
    chmodSync(file, text.startsWith('#!') ? 0o755 : 0o644);
  }
  return root;
}

/** A kernel with the given ports in a filtering br0, which may have an address: VLANs as `bridge vlan` prints them. */
export function fakeKernel(ports: Readonly<Record<string, string>>, address?: string): Exec {
  const vlans = Object.entries({ br0: '1', ...ports }).map(([ifname, list]) => ({
    ifname,
    vlans: list.split(' ').map((vlan, index) => ({
      vlan: Number(vlan),
      ...(index === 0 ? { flags: ['PVID', 'Egress Untagged'] } : {}),
    })),
  }));
  const info_data = { vlan_filtering: 1, vlan_protocol: '802.1Q', vlan_default_pvid: 1 };
  const links = [
    {
      ...linkJson('br0', 'bridge'),
      linkinfo: { info_kind: 'bridge', info_data },
      addr_info: address === undefined ? [] : [{ local: address, prefixlen: 24, scope: 'global' }],
    },
    ...Object.keys(ports).map((name) => portJson(name, 'br0', kindOf(name), { isolated: false })),
  ];
  return (command) => Promise.resolve(succeeded(`${JSON.stringify(command === 'ip' ? links : vlans)}\n`));
}

/** A text with the root's path made the same in each run. */
export function withoutRoot(text: string, root: string): string {
  return text.replaceAll(root, 'ROOT');
}

export const asRoot = process.geteuid?.() === 0 ? test : test.skip;
