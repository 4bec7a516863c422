import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readBridgeInitConf } from '../../../lib/model/conf/bridge_init_conf';
import { readHost } from '../../../lib/system/iproute2/read_host';
import { bridgeIntents } from '../../../lib/network/bridge_intents';
import type { BridgeIntent } from '../../../lib/network/bridge_intent';
import { bridgeTarget } from '../../../lib/plan/bridge_target';
import { FakeHost, type HostSetup } from '../fake_host/fake_host';

/** The folder of the cases: files.txt and commands.txt are of a Debian 12 or 13 on which the real manager ran. */
export const CASES = join(__dirname, 'cases');

/** By these commands the cases were asked for the kernel's state; today others are used, see `kernelOf`. */
const BATCH = 'bridge -j -batch -';
const BRIDGES = 'ip -j -d link show type bridge';

/** The files that a case recorded, and what commands printed, the kernel's state left out. */
export function recorded(name: string): Required<Pick<HostSetup, 'files' | 'commands'>> {
  const {
    [BATCH]: _batch,
    [BRIDGES]: _bridges,
    ...commands
  } = parts(join(CASES, name, 'commands.txt'), /^\$ (.*)$/);
  return { files: parts(join(CASES, name, 'files.txt'), /^==> (.*)$/), commands };
}

/**
 * The host of a case, and what its bridge_init.conf wants of it, to be held against the managers' files. Its guests'
 * ports are tap0, tap1 and veth0.
 */
export async function readRecording(name: string): Promise<{ host: FakeHost; intents: BridgeIntent[] }> {
  const { files, commands } = recorded(name);
  const host = new FakeHost({ files, commands: { ...commands, ...kernelOf(name) } });
  const conf = readFileSync(join(CASES, name, 'bridge_init.conf'), 'utf8');
  const { rules, problems } = readBridgeInitConf(conf, '/etc/bridge_init.conf');
  expect(problems).toEqual([]);
  const kernel = await readHost(host.exec);
  const targets = rules.map((rule) => bridgeTarget(rule, kernel, new Map()));
  const taps = ['tap0', 'tap1', 'veth0'].map((dev) => ({ bridge: 'br0', dev }));
  return { host, intents: bridgeIntents(targets, kernel, taps) };
}

/** What the commands print by which the kernel is asked today, put together from what a case recorded. */
function kernelOf(name: string): Record<string, string> {
  const { [BATCH]: batch, [BRIDGES]: bridges } = parts(join(CASES, name, 'commands.txt'), /^\$ (.*)$/);
  if (batch === undefined || bridges === undefined) return {};
  const [vlans = '[]', links = '[]'] = batch.split('\n').filter((line) => line.startsWith('['));
  const ports = JSON.parse(links) as { ifname: string; master?: string }[];
  const kindOf = (port: string): object =>
    port.startsWith('tap') ? { info_kind: 'tun' } : { info_kind: 'veth' };
  const withKinds = ports
    .filter(({ master }) => master !== undefined)
    .map((port) => ({ ...port, linkinfo: { ...kindOf(port.ifname), info_slave_kind: 'bridge' } }));
  const all = [...(JSON.parse(bridges) as object[]), ...withKinds];
  return { 'bridge -j vlan show': vlans, 'ip -j -d addr show': JSON.stringify(all) };
}

/** The parts of a case's file, by their heads. */
export function parts(path: string, head: RegExp): Record<string, string> {
  return partsOf(readFileSync(path, 'utf8'), head);
}

/** The parts of a recorded text, by their heads. */
export function partsOf(text: string, head: RegExp): Record<string, string> {
  const found: Record<string, string> = {};
  let part = '';
  for (const line of text.split('\n').slice(0, -1)) {
    const next = head.exec(line)?.[1];
    if (next === undefined) found[part] += `${line}\n`;
    else found[(part = next)] = '';
  }
  return found;
}
