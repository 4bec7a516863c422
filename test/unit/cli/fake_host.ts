import { readSwitches, type HostState } from '../../../lib/apply/state/read_switches';
import type { HostIo } from '../../../lib/model/io';
import { succeeded } from '../exec_results';
import { kindOf } from '../model/host/bridge_port';
import { linkJson, portJson } from '../fake_host/link_json';

export const ROOT = '/etc/libvirt/hooks';

/** A port in few words: `pvid` leaves untagged; up unless said otherwise. */
export interface FakePort {
  name: string;
  bridge: string;
  pvid?: number;
  tagged?: (number | [number, number])[];
  untagged?: number[];
  down?: boolean;
  isolated?: boolean;
  /** As `ip -d` calls it; by its name unless given. */
  kind?: string | null;
}

export interface FakeHost {
  bridges: { name: string; filtering?: boolean; pvid?: number; tagged?: number[]; down?: boolean }[];
  ports: FakePort[];
  /** Guests' interfaces: the taps' names, each in the bridge of the port of that name; '' is of type user, without. */
  guests?: Record<string, string[]>;
  /** The bridges that the guests' XML names, by the taps' names, where they are others than those the taps are in. */
  sources?: Record<string, string>;
  /** The host's own addresses, each with the bridge that has it. */
  addresses?: (readonly [dev: string, address: string])[];
  confs?: { bridge_init?: string; vlan_filtering?: string };
}

/** What the CLI reads of a host like that. */
export function fakeState(host: FakeHost): Promise<HostState> {
  return readSwitches(ROOT, fakeIo(host));
}

export function fakeIo(host: FakeHost): Pick<HostIo, 'exec' | 'readFolder' | 'readText' | 'isRoot'> {
  const { bridges, ports, guests = {}, sources = {}, confs = {}, addresses = [] } = host;
  const vlans = [...bridges, ...ports].map(({ name, pvid, tagged = [], ...rest }) => ({
    ifname: name,
    vlans: [
      ...(pvid === undefined ? [] : [{ vlan: pvid, flags: ['PVID', 'Egress Untagged'] }]),
      ...('untagged' in rest ? (rest.untagged ?? []) : []).map((vlan) => ({
        vlan,
        flags: ['Egress Untagged'],
      })),
      ...tagged.map((vid) => (typeof vid === 'number' ? { vlan: vid } : { vlan: vid[0], vlanEnd: vid[1] })),
    ],
  }));
  const links = [
    ...bridges.map(({ name, filtering = true, down }) => ({
      ...linkJson(name, 'bridge'),
      flags: down === true ? [] : ['UP'],
      linkinfo: {
        info_kind: 'bridge',
        info_data: { vlan_filtering: filtering ? 1 : 0, vlan_protocol: '802.1Q', vlan_default_pvid: 1 },
      },
      addr_info: addresses.flatMap(([dev, local]) =>
        dev === name ? [{ local, prefixlen: 24, scope: 'global' }] : [],
      ),
    })),
    ...ports.map(({ name, bridge, down, isolated, kind }) => ({
      ...portJson(name, bridge, kind ?? kindOf(name), { isolated: isolated === true }),
      flags: down === true ? ['UP'] : ['UP', 'LOWER_UP'],
    })),
  ];
  const answer = (command: string): string => JSON.stringify(command === 'ip' ? links : vlans);
  const bridgeOf = (tap: string) =>
    sources[tap] ?? ports.find(({ name }) => name === tap)?.bridge ?? bridges[0]?.name ?? 'br0';
  const files: Record<string, string> = {
    [`${ROOT}/conf/bridge_init.conf`]: confs.bridge_init ?? '',
    [`${ROOT}/conf/vlan_filtering.conf`]: confs.vlan_filtering ?? '',
  };
  Object.entries(guests).forEach(([guest, taps], at) => {
    const nics = taps.map((tap, nic) => {
      const mac = `52:54:00:00:${hex(at)}:${hex(nic)}`;
      if (tap === '')
        return `<interface type='user'><mac address='${mac}'/><alias name='net${nic}'/></interface>`;
      return `<interface type='bridge'><mac address='${mac}'/><source bridge='${bridgeOf(tap)}'/><target dev='${tap}'/><alias name='net${nic}'/></interface>`;
    });
    const name = guest.replace(/&/g, '&amp;');
    files[`/run/libvirt/qemu/${at}.xml`] =
      `<domstatus state='running'><domain type='kvm'><name>${name}</name><devices>${nics.join('')}</devices></domain></domstatus>`;
  });
  return {
    exec: (command) => Promise.resolve(succeeded(answer(command))),
    isRoot: true,
    readFolder: (folder) =>
      Object.keys(files).flatMap((file) =>
        file.startsWith(`${folder}/`) ? [file.slice(folder.length + 1)] : [],
      ),
    readText: (path) => files[path] ?? null,
  };
}

function hex(number: number): string {
  return number.toString(16).padStart(2, '0');
}
