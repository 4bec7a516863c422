import { join } from 'node:path';
import type { BridgeRequest, Rendered } from '../../../../lib/network/backend';
import { networkManagerBackend } from '../../../../lib/network/networkmanager/backend';
import { nmContradictions } from '../../../../lib/network/networkmanager/nm_contradictions';
import { parseProfile } from '../../../../lib/network/networkmanager/profile';
import type { FakeHost } from '../../fake_host/fake_host';
import { caseNames, expectGolden } from '../../golden';
import { inWords } from '../change_in_words';
import { requestOf } from '../request_of';
import { nmcliReads, whyNot } from './nmcli_reads';
import { CASES, keep, recordedHost } from './recorded_host';

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
  const detected = await networkManagerBackend.detect(io, request.port.name);
  const state = await networkManagerBackend.snapshot(io, request.port.name);
  return { host, request, detected, rendered: networkManagerBackend.render(state, request) };
}

function removalOf({ host, request, rendered }: Case): Promise<Rendered> {
  if (rendered.change === null) throw new Error('there is no change');
  const record = { bridge: 'br0', port: request.port.name, vlans: request.vlans, created: rendered.change };
  const io = { files: host.networkFiles(), exec: host.exec };
  return networkManagerBackend.renderRemoval(io, record, request.network);
}

describe.each(caseNames(CASES))('%s', (name) => {
  test('is moved to a bridge, and back', async () => {
    const all = await renderCase(name);
    keep(all.host, all.rendered);
    const words = [
      `detected: ${all.detected}`,
      inWords(all.rendered),
      '',
      '******** Removal ********',
      inWords(await removalOf(all)),
    ];
    expectGolden(join(CASES, name, 'expected.txt'), words.join('\n'));
  });

  test('contradicts no conf that has the same VLANs', async () => {
    const { request, rendered } = await renderCase(name);
    const { bridge, port, bridgeVlans } = request;
    const vlans = bridgeVlans.own;
    const profiles = (rendered.change?.trial ?? []).map(({ path, text }) => parseProfile(text, path));
    const [ofBridge, ofPort] = profiles;
    if (ofBridge === undefined || ofPort === undefined) throw new Error('a profile is missing');
    const trunks = new Map([[port.name, vlans]]);
    const kernel = { defaultPvid: null, own: vlans, trunks };
    const intent = { bridge, place: null, filtering: true, own: vlans, trunks, taps: [], kernel };
    const tools = { version: '1.42.4', appliedFiltering: true };
    expect(nmContradictions(intent, ofBridge, new Map([[port.name, ofPort]]), tools)).toEqual([]);
  });

  test('the files are as before when the bridge is removed', async () => {
    const all = await renderCase(name);
    const before = { ...all.host.files };
    keep(all.host, all.rendered);
    const removal = await removalOf(all);
    expect(removal.problems).toEqual([]);
    keep(all.host, removal);
    // A profile that was only in memory is saved then: nothing else would bring it back.
    for (const path of Object.keys(before))
      if (path.startsWith('/run/') && all.host.files[path.replace('/run/', '/etc/')] !== undefined)
        delete all.host.files[path.replace('/run/', '/etc/')];
    expect(all.host.files).toEqual(before);
  });
});

const why = whyNot();
if (why !== undefined) {
  if (process.env.KVMVLAN_REQUIRE_ALL_TIERS === '1') throw new Error(`nmcli reads: ${why}`);
  process.stdout.write(`unit: "nmcli reads" is skipped: ${why}\n`);
}

(why === undefined ? describe : describe.skip)('nmcli reads', () => {
  test.each(caseNames(CASES))('%s', async (name) => {
    const all = await renderCase(name);
    // cloud-init writes routes of IPv6 to [ipv4], where NetworkManager does not take them.
    const already = Object.entries(all.host.files).flatMap(([path, text]) =>
      path.endsWith('.nmconnection') ? nmcliReads(text ?? '').dropped : [],
    );
    keep(all.host, all.rendered);
    const removal = await removalOf(all);
    const texts = [all.rendered, removal].flatMap(
      ({ change }) => change?.trial.map(({ text }) => text) ?? [],
    );
    expect(texts.length).toBeGreaterThan(1);
    for (const text of texts) {
      const { error, dropped } = nmcliReads(text);
      expect(error).toBe('');
      expect(dropped.filter((each) => !already.includes(each))).toEqual([]);
    }
  });

  test('wrong profiles with errors', () => {
    const profile = (bridge: string) =>
      `[connection]\nid=x\ntype=bridge\ninterface-name=br0\n[bridge]\n${bridge}\n`;
    expect(nmcliReads(profile('vlan-filtering=true\nvlan-filtered=true')).dropped).toEqual([
      '[bridge] vlan-filtered=true',
    ]);
    expect(nmcliReads(profile('[ipv6]\nmethod=auto\ntoken=x')).error).toMatch(/ipv6\.token/);
  });
});
