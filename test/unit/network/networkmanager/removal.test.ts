import type { NetworkChange } from '../../../../lib/model/network/network_change';
import { networkManagerBackend } from '../../../../lib/network/networkmanager/backend';
import { getValue, parseKeyfile } from '../../../../lib/network/networkmanager/keyfile';
import type { FakeHost } from '../../fake_host/fake_host';
import { requestOf } from '../request_of';
import { keep, recordedHost } from './recorded_host';

const ETC = '/etc/NetworkManager/system-connections';
const BRIDGE = `${ETC}/kvmvlan-br0.nmconnection`;

/** A recorded host on which a bridge was created, and what its removal is after the files were edited. */
async function created(name: string, port = 'eth0') {
  const { host, ipAddr } = recordedHost(name);
  const request = requestOf(ipAddr, port);
  const io = { files: host.networkFiles(), exec: host.exec };
  const rendered = networkManagerBackend.render(await networkManagerBackend.snapshot(io, port), request);
  if (rendered.change === null) throw new Error('there is no change');
  const { change } = rendered;
  keep(host, rendered);
  const removal = () =>
    networkManagerBackend.renderRemoval(
      io,
      { bridge: 'br0', port, vlans: request.vlans, created: change },
      request.network,
    );
  return { host, change, removal };
}

function edit(host: FakeHost, path: string, from: string, to: string): string {
  const text = host.files[path] ?? '';
  if (!text.includes(from)) throw new Error(`${path} has no ${from}`);
  return (host.files[path] = text.replace(from, to));
}

const keptOf = (change: NetworkChange | null, path: string) =>
  change?.kept.find((each) => each.path === path);

test('edits of the bridge and the port go to the former profile', async () => {
  const { host, removal } = await created('1.42_nmcli_static');
  edit(host, BRIDGE, 'address2=192.0.2.11/24\n', 'address2=192.0.2.12/24\naddress3=192.0.2.13/24\n');
  edit(host, BRIDGE, 'iif br0 table 100', 'iif br0 table 101');
  edit(host, BRIDGE, 'mdns=0\n', '');
  edit(host, BRIDGE, 'stp=false', 'stp=true');
  edit(host, `${ETC}/kvmvlan-br0-eth0.nmconnection`, 'mtu=1400', 'mtu=1450');
  const { change, problems } = await removal();
  expect(problems).toEqual([]);
  expect(keptOf(change, BRIDGE)).toMatchObject({ was: host.files[BRIDGE], text: null });
  const former = parseKeyfile(keptOf(change, `${ETC}/lan.nmconnection`)?.text ?? '');
  expect(getValue(former, 'ipv4', 'address2')).toBe('192.0.2.12/24');
  expect(getValue(former, 'ipv4', 'address3')).toBe('192.0.2.13/24');
  expect(getValue(former, 'ipv4', 'routing-rule2')).toContain(' iif eth0 table 101');
  expect(getValue(former, 'connection', 'mdns')).toBeNull();
  expect(getValue(former, 'ethernet', 'mtu')).toBe('1450');
  expect(former.some(({ name }) => name === 'bridge')).toBe(false);
  // What the bridge only had to be like the port stays with it.
  expect(getValue(former, 'ipv6', 'route-metric')).toBeNull();
  expect(change?.trial.find(({ path }) => path.endsWith('-lan.nmconnection'))?.text).toContain('192.0.2.13');
});

test('a former profile of other interfaces does not get the edits of the bridge', async () => {
  const { host, removal } = await created('1.42_wildcard_slaac');
  edit(host, BRIDGE, '[ipv4]\n', '[ipv4]\ndns-search=lab.example.net;\n');
  const { change, problems } = await removal();
  expect(change).toBeNull();
  expect(problems.map(({ code, message }) => [code, message.includes('(ipv4.dns-search)')])).toEqual([
    ['bridge-refused', true],
  ]);
  edit(host, `${ETC}/any.nmconnection`, '[ipv4]\n', '[ipv4]\ndns-search=lab.example.net;\n');
  expect((await removal()).problems).toEqual([]);
});

test('edits of the former profile stay', async () => {
  const { host, removal } = await created('1.42_nmcli_static');
  const path = `${ETC}/lan.nmconnection`;
  const text = edit(host, path, 'dns=192.0.2.53', 'dns=192.0.2.54');
  const { change, problems } = await removal();
  expect(problems).toEqual([]);
  expect(keptOf(change, path)).toMatchObject({ was: text, text: text.replace('autoconnect=false\n', '') });
});

test('a former profile that was removed is created again', async () => {
  const { host, removal } = await created('1.42_nmcli_static');
  const path = `${ETC}/lan.nmconnection`;
  delete host.files[path];
  const kept = keptOf((await removal()).change, path);
  expect(kept?.was).toBeNull();
  expect(getValue(parseKeyfile(kept?.text ?? ''), 'connection', 'autoconnect')).toBeNull();
});

test('edits of a VLAN stay, and a VLAN that was removed stays so', async () => {
  const { host, removal } = await created('1.42_nmcli_vlan');
  const path = `${ETC}/tagged.nmconnection`;
  edit(host, path, '203.0.113.10', '203.0.113.11');
  const kept = parseKeyfile(keptOf((await removal()).change, path)?.text ?? '');
  expect(getValue(kept, 'ipv4', 'address1')).toBe('203.0.113.11/24');
  expect(getValue(kept, 'vlan', 'parent')).toBe('eth0');
  delete host.files[path];
  expect(keptOf((await removal()).change, path)).toBeUndefined();
});

test('a VLAN that the bridge got later is named', async () => {
  const { host, removal } = await created('1.42_nmcli_vlan');
  edit(host, `${ETC}/idle.nmconnection`, 'parent=eth0', 'parent=br0');
  expect((await removal()).problems.map(({ code }) => code)).toEqual(['bridge-cannot-keep']);
});

test('the edited profile of a bond is not replaced', async () => {
  const { host, removal } = await created('1.42_cloud_init_bond', 'bond0');
  edit(host, `${ETC}/cloud-init-bond0.nmconnection`, 'mode=active-backup', 'mode=802.3ad');
  const { change, problems } = await removal();
  expect(change).toBeNull();
  expect(problems.map(({ code }) => code)).toEqual(['bridge-refused']);
});

test('without the former profile there is nothing to go back to', async () => {
  const { host, removal } = await created('1.42_wildcard_slaac');
  const list = host.replace;
  host.replace = (line, nth) => {
    const result = list(line, nth);
    return result && { ...result, stdout: result.stdout.replace(/.*any\.nmconnection\n/g, '') };
  };
  const { change, problems } = await removal();
  expect(change).toBeNull();
  expect(problems.map(({ code }) => code)).toEqual(['bridge-refused']);
});
