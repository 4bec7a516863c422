import { basename, join } from 'node:path';
import type { BridgeRequest, Rendered } from '../../../../lib/network/backend';
import { networkdBackend } from '../../../../lib/network/networkd/networkd_backend';
import { networkdContradictions } from '../../../../lib/network/networkd/networkd_contradictions';
import { readNetworkd } from '../../../../lib/network/networkd/read_networkd';
import type { FakeHost } from '../../fake_host/fake_host';
import { caseNames, expectGolden } from '../../golden';
import { inWords } from '../change_in_words';
import { networkdReads, whyNot } from './networkd_reads';
import { CASES, recordedHost } from './recorded_host';
import { requestOf } from '../request_of';

interface Case {
  host: FakeHost;
  request: BridgeRequest;
  detected: string | null;
  rendered: Rendered;
}

async function renderCase(name: string): Promise<Case> {
  const { host, ipAddr } = recordedHost(name);
  const request = requestOf(ipAddr, name.endsWith('_bond') ? 'bond0' : 'eth0');
  const io = { files: host.networkFiles(), exec: host.exec };
  const detected = await networkdBackend.detect(io, request.port.name);
  const rendered = networkdBackend.render(await networkdBackend.snapshot(io, request.port.name), request);
  return { host, request, detected, rendered };
}

/** The host after the change is confirmed. */
function keep(host: FakeHost, { change }: Rendered): void {
  for (const { path, text } of change?.kept ?? []) host.files[path] = text;
}

describe.each(caseNames(CASES))('%s', (name) => {
  test('is moved to a bridge', async () => {
    const { detected, rendered } = await renderCase(name);
    expectGolden(join(CASES, name, 'expected.txt'), `detected: ${detected}\n${inWords(rendered)}`);
  });

  test('contradicts no conf that has the same VLANs', async () => {
    const { host, request, rendered } = await renderCase(name);
    keep(host, rendered);
    const { bridge, port, bridgeVlans } = request;
    const vlans = bridgeVlans.own;
    const files = readNetworkd(host.networkFiles(), [], true);
    if (files === null) throw new Error('systemd-networkd does not run');
    const links = new Map(
      [bridge, port.name].map((dev) => {
        const unit = files.networks.find(({ file }) => basename(file) === `05-kvmvlan-${dev}.network`);
        return [dev, unit ?? null];
      }),
    );
    const intent = {
      ...{
        bridge,
        place: null,
        filtering: true,
        own: vlans,
        trunks: new Map([[port.name, vlans]]),
        taps: [],
      },
      kernel: { defaultPvid: vlans.pvid, own: vlans, trunks: new Map([[port.name, vlans]]) },
    };
    expect(links.get(bridge)).not.toBeNull();
    for (const version of [252, 257])
      expect(networkdContradictions(intent, { ...files, links }, version)).toEqual([]);
  });

  test('comes back when the bridge is removed', async () => {
    const { host, request, rendered } = await renderCase(name);
    const before = { ...host.files };
    keep(host, rendered);
    if (rendered.change === null) throw new Error('there is no change');
    const record = { bridge: 'br0', port: request.port.name, vlans: request.vlans, created: rendered.change };
    const io = { files: host.networkFiles(), exec: host.exec };
    const removal = await networkdBackend.renderRemoval(io, record, request.network);
    expect(removal.problems).toEqual([]);
    keep(host, removal);
    for (const [path, text] of Object.entries(host.files)) if (text === null) delete host.files[path];
    expect(host.files).toEqual(before);
  });
});

const why = whyNot();
if (why !== undefined) {
  if (process.env.KVMVLAN_REQUIRE_ALL_TIERS === '1') throw new Error(`systemd-networkd reads: ${why}`);
  process.stdout.write(`unit: "systemd-networkd reads" is skipped: ${why}\n`);
}

(why === undefined ? describe : describe.skip)('systemd-networkd reads', () => {
  jest.setTimeout(60_000);

  test.each(caseNames(CASES))('%s', async (name) => {
    const { host, rendered } = await renderCase(name);
    const netdevs = Object.entries(host.files).filter(([path]) => path.endsWith('.netdev'));
    const tried = (rendered.change?.trial ?? []).map(({ path, text }) => [path, text] as const);
    const files = [...netdevs, ...tried].map(([path, text]) => [basename(path), text ?? ''] as const);
    const { loaded, complaints } = networkdReads(Object.fromEntries(files));
    expect(loaded).toContain('br0 bridge');
    expect(complaints).toEqual([]);
  });

  test('wrong files with complaints', () => {
    const { complaints } = networkdReads({ 'a.network': '[Match]\nName=a\n[Network]\nBridges=br0\n' });
    expect(complaints[0]).toMatch(/a\.network:4: Unknown key.* 'Bridges'/);
  });
});
