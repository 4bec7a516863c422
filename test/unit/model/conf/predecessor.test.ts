import { readBridgeInitConf } from '../../../../lib/model/conf/bridge_init_conf';
import { readVlanFilteringConf } from '../../../../lib/model/conf/vlan_filtering_conf';
import { anInterface } from '../guest/an_interface';
import { matchPorts, type Guest } from '../../../../lib/model/match/match_ports';
import { describePortVlans } from '../../../../lib/model/vlan/port_vlans';
import { EDITED, predecessorScripts, SHIPPED } from '../../../fixtures/predecessor';
import { BRIDGE_INIT_CONF, VLAN_FILTERING_CONF } from '../../../readme_confs';

const bridges = (text: string) => {
  const { rules, problems } = readBridgeInitConf(text, 'f');
  const described = rules.map(({ bridge, trunkPorts, trunk, own, filtering }) => ({
    bridge,
    trunkPorts,
    trunk: trunk && describePortVlans(trunk),
    own: own && describePortVlans(own),
    filtering,
  }));
  return { described, problems };
};

const ports = (text: string) => {
  const { rules, problems } = readVlanFilteringConf(text, 'f');
  const described = rules.map(({ label, conditions, wish }) => ({
    label,
    conditions,
    vlans: wish && describePortVlans(wish.vlans),
  }));
  return { described, problems };
};

function guest(name: string, ...devs: string[]): Guest {
  const interfaces = devs.map((dev, place) => anInterface({ place, dev, bridge: 'br0' }));
  return { name, uuid: null, interfaces, metadata: [], metadataProblem: null };
}

describe("the predecessor's confs as they were shipped", () => {
  test('set no bridge, and nothing is wrong', () => {
    expect(bridges(SHIPPED.bridge_init)).toEqual({ described: [], problems: [] });
  });

  test('stop no guest', () => {
    expect(ports(SHIPPED.vlan_filtering)).toEqual({ described: [], problems: [] });
    const { blocking, wanted, others } = matchPorts(
      readVlanFilteringConf(SHIPPED.vlan_filtering, 'f'),
      guest('VM1', 'veth0'),
    );
    expect({ blocking, wanted, others }).toEqual({ blocking: [], wanted: [], others: [] });
  });
});

describe('the same with their examples', () => {
  test('are the switch of the README', () => {
    expect(bridges(EDITED.bridge_init)).toEqual({
      described: [
        {
          bridge: 'br0',
          trunkPorts: ['eth0'],
          trunk: 'PVID 1, tagged 100,200,300',
          own: 'PVID 1, tagged 200',
          filtering: true,
        },
      ],
      problems: [],
    });
    expect(ports(EDITED.vlan_filtering)).toEqual({
      described: [
        { label: 'veth0', conditions: { guest: 'VM1', dev: 'veth0' }, vlans: 'PVID 100, tagged 200,300' },
        { label: 'veth1', conditions: { guest: 'VM2', dev: 'veth1' }, vlans: 'PVID 1, tagged 100,200' },
        { label: 'veth2', conditions: { guest: 'VM2', dev: 'veth2' }, vlans: 'PVID 300' },
      ],
      problems: [],
    });
  });

  test('say the same as the confs of the README', () => {
    expect(bridges(EDITED.bridge_init)).toEqual(bridges(BRIDGE_INIT_CONF));
    expect(ports(EDITED.vlan_filtering)).toEqual(ports(VLAN_FILTERING_CONF));
  });

  test('give the guests their VLANs', () => {
    const conf = readVlanFilteringConf(EDITED.vlan_filtering, 'f');
    const wanted = [guest('VM1', 'veth0'), guest('VM2', 'veth1', 'veth2')].flatMap((one) => {
      const match = matchPorts(conf, one);
      expect([match.blocking, match.others]).toEqual([[], []]);
      return match.wanted.map(({ dev, wish }) => `${dev} ${describePortVlans(wish.vlans)}`);
    });
    expect(wanted).toEqual([
      'veth0 PVID 100, tagged 200,300',
      'veth1 PVID 1, tagged 100,200',
      'veth2 PVID 300',
    ]);
  });

  test('a section for a guest that has no such interface stops neither', () => {
    const conf = readVlanFilteringConf(
      EDITED.vlan_filtering.replace('[veth2]\nguest = VM2', '[veth2]\nguest = VM1'),
      'f',
    );
    const vm1 = matchPorts(conf, guest('VM1', 'veth0'));
    expect(vm1.blocking).toEqual([]);
    expect(vm1.unused.map(({ label }) => label)).toEqual(['veth2']);
    const vm2 = matchPorts(conf, guest('VM2', 'veth1', 'veth2'));
    expect([vm2.blocking, vm2.wanted.map(({ dev }) => dev)]).toEqual([[], ['veth1']]);
  });
});

test('its tree is that of the original', () => {
  expect(Object.keys(predecessorScripts()).sort()).toEqual([
    'daemon',
    'daemon_start.d/bridge_init.py',
    'qemu',
    'qemu_started_begin.d/vlan_filtering.py',
  ]);
});
