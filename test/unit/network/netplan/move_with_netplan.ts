import type { NetLink } from '../../../../lib/model/network/host_network';
import { toVid } from '../../../../lib/model/vlan/vid';
import type { BridgeRequest, Rendered } from '../../../../lib/network/backend';
import { netplanBackend } from '../../../../lib/network/netplan/netplan_backend';
import { parseSections } from '../../../../lib/network/sections';
import { plainVlans } from '../plain_vlans';
import { addressing } from './addressing';
import { generate } from './generate';
import { ioOf } from './read_case';

const MAC = '52:54:00:aa:bb:cc';

/** Files of netplan, by their names in /etc/netplan. */
export type Yamls = Readonly<Record<string, string>>;

/** A definition of a port, and the name of its interface if it is another one. */
export interface Port {
  readonly id: string;
  readonly name?: string;
  /** Its VLAN interfaces. */
  readonly vlans?: Readonly<Record<string, number>>;
  readonly addresses?: NetLink['addresses'];
}

export interface Moved extends Rendered {
  /** What netplan renders about addresses for the port before, and for the bridge and the port after. */
  readonly before: readonly string[];
  readonly bridge: readonly string[];
  readonly port: readonly string[];
  /** Of the bridge and the port after the change. */
  readonly texts: { readonly bridge: string; readonly port: string };
}

/** Moves a port to a bridge on a host where netplan's own output is in effect. */
export async function moveWithNetplan(
  yamls: Yamls,
  { id, name = id, vlans = {}, addresses = [] }: Port,
): Promise<Moved> {
  const etc = Object.fromEntries(Object.entries(yamls).map(([file, text]) => [`/etc/netplan/${file}`, text]));
  const generated = generate(etc);
  const networkd = `/run/systemd/network/10-netplan-${id}.network`;
  const nm = `/run/NetworkManager/system-connections/netplan-${id}.nmconnection`;
  const file = [networkd, nm].find((path) => generated.has(path));
  if (file === undefined) throw new Error(`netplan renders nothing for ${id}`);
  const service = file === nm ? 'NetworkManager' : 'systemd-networkd';
  const files = {
    ...etc,
    [`/run/systemd/units/invocation:${service}.service`]: '',
    [`/sys/class/net/${name}/ifindex`]: '2\n',
    '/run/systemd/netif/links/2': `ADMIN_STATE=configured\nNETWORK_FILE=${networkd}\n`,
  };
  const commands = {
    'nmcli -t -e no -f DEVICE,UUID,FILENAME connection show --active': `${name}:u1:${nm}\n`,
    'networkctl --version': 'systemd 252 (252.39-1)\n',
  };
  const io = ioOf(files, commands);
  expect(await netplanBackend.detect(io, name)).toBe(file);
  const result = netplanBackend.render(
    await netplanBackend.snapshot(io, name),
    requestOf(name, vlans, addresses),
  );
  if (result.change === null)
    return { ...result, before: [], bridge: [], port: [], texts: { bridge: '', port: '' } };
  const trial = Object.fromEntries(
    result.change.trial
      .filter(({ path }) => path.includes('/netplan/'))
      .map(({ path, text }) => [path, text]),
  );
  const after = generate({ ...etc, ...trial });
  const own = result.change.trial.find(({ path }) => path.endsWith('kvmvlan-br0.yaml'));
  const portId = new RegExp('interfaces:\\n +- (\\S+)').exec(own?.text ?? '')?.[1] ?? '';
  const texts = {
    bridge: after.get(file.replace(`netplan-${id}.`, 'netplan-br0.')) ?? '',
    port: after.get(file.replace(`netplan-${id}.`, `netplan-${portId}.`)) ?? '',
  };
  return {
    ...result,
    texts,
    before: addressing(generated.get(file)),
    bridge: addressing(texts.bridge),
    port: addressing(texts.port),
  };
}

function requestOf(
  name: string,
  vlans: Readonly<Record<string, number>>,
  addresses: NetLink['addresses'],
): BridgeRequest {
  const moved = Object.entries(vlans).flatMap(([dev, number]) => {
    const vid = toVid(number);
    return vid === null ? [] : [{ name: dev, vid }];
  });
  const port: NetLink = {
    ...{ name, index: 2, kind: null, master: null, portKind: null, below: null, mac: MAC, permanentMac: MAC },
    ...{ mtu: 1500, isUp: true, hasCarrier: true, type: 'ether', vlan: null, hasXdp: false },
    ...{ addrGenMode: 'eui64', addresses },
  };
  const network = { links: new Map(), routes: [], rules: [], linkDns: new Map(), resolvConf: null };
  return { bridge: 'br0', port, vlans: moved, bridgeVlans: plainVlans(moved), network };
}

/** The values of a key in a section. */
export function valuesIn(text: string, section: string, key: string): string[] {
  return parseSections(text)
    .filter(({ name }) => name === section)
    .flatMap(({ entries }) => entries.filter(([each]) => each === key).map(([, value]) => value));
}
