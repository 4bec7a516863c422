import { withTapNames } from '../../../../lib/cli/simulate/simulate_xml';
import { parseDomain } from '../../../../lib/model/guest/parse_domain';

const bridgeOf = (network: string): string | null => (network === 'lan' ? 'br0' : null);

/** The devices of a guest that is off, as its hooks would see them. */
function started(devices: string, metadata = '') {
  const xml = `<domain><name>off</name>${metadata}<devices>${devices}</devices></domain>`;
  const { xml: after, taps } = withTapNames(xml, bridgeOf);
  const { interfaces, ...others } = parseDomain(after);
  expect(others).toEqual({ ...parseDomain(xml), interfaces: undefined });
  return { taps, interfaces };
}

const NIC = "<interface type='bridge'><source bridge='br1'/></interface>";

test('each interface with a bridge gets a tap, in whatever form it is written', () => {
  const { taps, interfaces } = started(`<interface type='user'/>
    <interface type="network"><source network="lan"/></interface>
    <interface type='network'><source network='other'/></interface>
    <interface type='bridge'><source bridge='br1'/><target dev='own'/></interface>
    <interface\n type = 'bridge'><source bridge='br1'/><alias name='ua-x'/></interface>
    <interface type='hostdev'/>`);
  expect(taps).toEqual([
    { dev: 'vnet-sim1', bridge: 'br0' },
    { dev: 'own', bridge: 'br1' },
    { dev: 'vnet-sim4', bridge: 'br1' },
  ]);
  expect(interfaces).toMatchObject([
    { type: 'user', dev: null, alias: null },
    { type: 'bridge', dev: 'vnet-sim1', alias: 'net1', nic: 1, bridge: 'br0', network: 'lan' },
    { type: 'network', dev: null, alias: null },
    { type: 'bridge', dev: 'own', alias: 'net3', nic: 3, bridge: 'br1' },
    { type: 'bridge', dev: 'vnet-sim4', alias: 'ua-x', nic: null, bridge: 'br1' },
    { type: 'hostdev', dev: null, alias: null, nic: null },
  ]);
});

test.each([
  ['metadata', `<metadata><x:a xmlns:x='u'><interface type='user'/>${NIC}</x:a></metadata>`],
  ['metadata that are no XML', `<metadata><x:a xmlns:x='u<v'>&foo;${NIC}</x:a></metadata>`],
  ['a comment', `<!-- ${NIC} -->`],
  ['CDATA', `<metadata><x:a xmlns:x='u'><![CDATA[${NIC}]]></x:a></metadata>`],
  ['another device', `<os><interface type='user'/></os>`],
])('what is called like one in %s is none', (_, before) => {
  const { taps, interfaces } = started(NIC, before);
  expect(taps).toEqual([{ dev: 'vnet-sim0', bridge: 'br1' }]);
  expect(interfaces).toMatchObject([{ place: 0, nic: 0, dev: 'vnet-sim0', alias: 'net0', bridge: 'br1' }]);
});

test('an interface that holds nothing, and the bridge of a network with any name', () => {
  const xml = `<domain><devices><interface type='network'/><interface type='network'><source network='n'/></interface></devices></domain>`;
  const { xml: after, taps } = withTapNames(xml, () => `br'<&`);
  expect(taps).toEqual([{ dev: 'vnet-sim1', bridge: `br'<&` }]);
  expect(parseDomain(after).interfaces[1]?.bridge).toBe(`br'<&`);
});

test('a status file', () => {
  const { taps } = withTapNames(
    `<domstatus><domain><devices>${NIC}</devices></domain></domstatus>`,
    bridgeOf,
  );
  expect(taps).toEqual([{ dev: 'vnet-sim0', bridge: 'br1' }]);
});
