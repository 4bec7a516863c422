import { join } from 'node:path';
import { readBridgeInitConf } from '../../../../lib/model/conf/bridge_init_conf';
import { readVlanFilteringConf } from '../../../../lib/model/conf/vlan_filtering_conf';
import { plannedSwitches } from '../../../../lib/plan/switch/planned_switches';
import { diagramMermaid } from '../../../../lib/cli/diagram/diagram_mermaid';
import { diagramSvg } from '../../../../lib/cli/diagram/diagram_svg';
import { diagramText } from '../../../../lib/cli/diagram/diagram_text';
import { toDrawing } from '../../../../lib/cli/diagram/drawing';
import { BRIDGE_INIT_CONF, VLAN_FILTERING_CONF } from '../../../readme_confs';
import { parseXml } from './parse_xml';
import { expectGolden } from '../../golden';
import type { HostSetup } from '../../fake_host/fake_host';
import { bridge, member } from '../../model/host/host_parts';
import { crowd, EXAMPLE, stateOf, TROUBLED } from '../example_hosts';

const golden = (name: string) => join(__dirname, 'golden', name);
const drawingsOf = async (host: HostSetup) => (await stateOf(host)).switches.map(toDrawing);
const planned = (bridgeInit: string, vlanFiltering: string) =>
  plannedSwitches(readBridgeInitConf(bridgeInit, 'b'), readVlanFilteringConf(vlanFiltering, 'v')).map(
    toDrawing,
  );

const CASES: [string, HostSetup][] = [
  ['example', EXAMPLE],
  ['troubled', TROUBLED],
  ['no_guest', { bridges: [bridge('br0', { filtering: true, vlans: member(null) })], confs: {} }],
  ['1_port', crowd(1)],
  ['60_ports', crowd(60)],
];

test.each(CASES)('as text: %s', async (name, host) => {
  const drawings = await drawingsOf(host);
  expectGolden(golden(`diagram_${name}.txt`), drawings.map((drawing) => diagramText(drawing)).join('\n'));
});

test.each(CASES)('in ASCII it is the same drawing: %s', async (_, host) => {
  for (const drawing of await drawingsOf(host)) {
    const [boxes, ascii] = [diagramText(drawing), diagramText(drawing, true)];
    expect(ascii).not.toMatch(/[─│┌┐└┘├┤┬┴]/);
    expect(ascii.split('\n').map(({ length }) => length)).toEqual(
      boxes.split('\n').map(({ length }) => length),
    );
  }
});

test.each(CASES)('as SVG it is well-formed and needs nothing from elsewhere: %s', async (_, host) => {
  const svg = diagramSvg(await drawingsOf(host));
  expect(parseXml(svg)).toBe('svg');
  expect(svg).toContain('prefers-color-scheme:dark');
  expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|url\(|NaN|undefined/);
});

test('as Mermaid', async () => {
  expectGolden(golden('diagram_example.mmd'), diagramMermaid(await drawingsOf(EXAMPLE)));
  expectGolden(golden('diagram_troubled.mmd'), diagramMermaid(await drawingsOf(TROUBLED)));
});

test('from the conf alone: patterns, automatic trunks, guests by any condition, bridges not named', () => {
  const bridges = '[br0]\ntrunk-port = eth* bond0\ntrunk-tags = auto\nbr-pvid = 5\n[br1]\nbr-tags = 9\n';
  const ports = `[veth0]
guest = web*
bridge = br0
tagged = 100-199
[by mac]
mac = 52:54:00:12:34:56
network = lan
bridge = br1
mode = none
[anywhere]
`;
  expectGolden(
    golden('diagram_plan.txt'),
    planned(bridges, ports)
      .map((drawing) => diagramText(drawing))
      .join('\n'),
  );
});

test('the picture in docs is what the command draws of the example', () => {
  const svg = diagramSvg(planned(BRIDGE_INIT_CONF, VLAN_FILTERING_CONF));
  expectGolden(join(__dirname, '../../../../docs/switch.svg'), svg);
});
