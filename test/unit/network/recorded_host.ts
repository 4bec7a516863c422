import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readBridgeInitConf } from '../../../lib/model/conf/bridge_init_conf';
import type { Exec } from '../../../lib/model/io';
import { readHost } from '../../../lib/system/iproute2/read_host';
import { bridgeIntents } from '../../../lib/network/bridge_intents';
import type { BridgeIntent } from '../../../lib/network/bridge_intent';
import type { NetworkFiles } from '../../../lib/network/network_files';
import { bridgeTarget } from '../../../lib/plan/bridge_target';
import { NOT_FOUND, succeeded } from '../exec_results';

/** A host as it was recorded: its files, and what commands printed there. */
export interface RecordedHost {
  readonly files: NetworkFiles;
  readonly exec: Exec;
  readonly intents: readonly BridgeIntent[];
}

/**
 * Reads a case: files.txt and commands.txt are of a Debian 12 or 13 on which the real manager ran, bridge_init.conf is
 * the conf that they are held against. Its guests' ports are tap0, tap1 and veth0.
 */
export async function readRecordedHost(folder: string): Promise<RecordedHost> {
  const text = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const files = filesOf(recordedFiles(folder));
  const outputs = recordedOutputs(folder);
  const exec: Exec = (command, args) => {
    const stdout = answerOf([command, ...args].join(' '), outputs);
    return Promise.resolve(stdout === undefined ? NOT_FOUND : succeeded(stdout));
  };
  const host = await readHost(exec);
  const { rules, problems } = readBridgeInitConf(text('bridge_init.conf'), '/etc/bridge_init.conf');
  expect(problems).toEqual([]);
  const targets = rules.map((rule) => bridgeTarget(rule, host, new Map()));
  const taps = ['tap0', 'tap1', 'veth0'].map((dev) => ({ bridge: 'br0', dev }));
  return { files, exec, intents: bridgeIntents(targets, host, taps) };
}

/** What a command printed; the two by which the host is read are put together from what the hosts recorded. */
export function answerOf(command: string, outputs: ReadonlyMap<string, string>): string | undefined {
  const batch = outputs.get('bridge -j -batch -');
  const bridges = outputs.get('ip -j -d link show type bridge');
  if (batch === undefined || bridges === undefined) return outputs.get(command);
  const [vlans = '[]', links = '[]'] = batch.split('\n').filter((line) => line.startsWith('['));
  if (command === 'bridge -j vlan show') return vlans;
  if (command !== 'ip -j -d addr show') return outputs.get(command);
  const ports = JSON.parse(links) as { ifname: string; master?: string }[];
  const kindOf = (name: string): object =>
    name.startsWith('tap') ? { info_kind: 'tun' } : { info_kind: 'veth' };
  const withKinds = ports
    .filter(({ master }) => master !== undefined)
    .map((port) => ({ ...port, linkinfo: { ...kindOf(port.ifname), info_slave_kind: 'bridge' } }));
  return JSON.stringify([...(JSON.parse(bridges) as object[]), ...withKinds]);
}

/** The files of a case, by path. */
export function recordedFiles(folder: string): ReadonlyMap<string, string> {
  return parts(readFileSync(join(folder, 'files.txt'), 'utf8'), /^==> (.*)$/);
}

/** What commands of a case printed, by the command's line. */
export function recordedOutputs(folder: string): ReadonlyMap<string, string> {
  return parts(readFileSync(join(folder, 'commands.txt'), 'utf8'), /^\$ (.*)$/);
}

/** Files by path; folders are those on their paths. */
export function filesOf(files: ReadonlyMap<string, string>): NetworkFiles {
  return {
    text: (path) => files.get(path) ?? null,
    names: (path) => {
      const inside = [...files.keys()].filter((file) => file.startsWith(`${path}/`));
      const names = inside.map((file) => file.slice(path.length + 1).split('/')[0] ?? '');
      return names.length === 0 ? null : [...new Set(names)];
    },
  };
}

function parts(text: string, head: RegExp): Map<string, string> {
  const found = new Map<string, string>();
  let name = '';
  for (const line of text.split('\n').slice(0, -1)) {
    const next = head.exec(line)?.[1];
    if (next === undefined) found.set(name, `${found.get(name) ?? ''}${line}\n`);
    else found.set((name = next), '');
  }
  return found;
}
