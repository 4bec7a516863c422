import { join } from 'node:path';
import type { Backend, BridgeRequest } from '../../../../lib/network/backend';
import { ifupdownBackend } from '../../../../lib/network/ifupdown/ifupdown_backend';
import type { IfupdownState } from '../../../../lib/network/ifupdown/snapshot';
import { ifupdown2Backend } from '../../../../lib/network/ifupdown2/ifupdown2_backend';
import { readNetwork } from '../../../../lib/system/iproute2/read_network';
import { FakeHost } from '../../fake_host/fake_host';
import { caseText } from '../../golden';
import { plainVlans } from '../plain_vlans';

/**
 * Hosts on which the real program started these interfaces: files.txt has their files, commands.txt what commands
 * printed there. 50-cloud-init was written by cloud-init 22.4; the first lines of interfaces are Debian's installer's.
 */
export const CASES = join(__dirname, 'cases');

export interface RecordedCase {
  readonly host: FakeHost;
  readonly backend: Backend<IfupdownState>;
  readonly request: BridgeRequest;
}

export async function recordedCase(name: string): Promise<RecordedCase> {
  const host = new FakeHost({
    files: parts(name, 'files.txt', /^==> (.*)$/),
    commands: parts(name, 'commands.txt', /^\$ (.*)$/),
  });
  const network = await readNetwork(host.io());
  const port = network.links.get(name.includes('bond') ? 'bond0' : 'eth0');
  if (port === undefined) throw new Error(`${name} has no NIC`);
  const vlans = [...network.links.values()].flatMap(({ name: vlan, below, vlan: tag }) =>
    below === port.name && tag !== null ? [{ name: vlan, vid: tag.vid }] : [],
  );
  return {
    host,
    backend: name.startsWith('ifupdown2') ? ifupdown2Backend : ifupdownBackend,
    request: { bridge: 'br0', port, vlans, bridgeVlans: plainVlans(vlans), network },
  };
}

export function ioOf(host: FakeHost) {
  return { files: host.networkFiles(), exec: host.exec };
}

function parts(name: string, file: string, head: RegExp): Record<string, string> {
  const found: Record<string, string> = {};
  let part = '';
  for (const line of caseText(CASES, name, file).split('\n').slice(0, -1)) {
    const next = head.exec(line)?.[1];
    if (next === undefined) found[part] += `${line}\n`;
    else found[(part = next)] = '';
  }
  return found;
}
