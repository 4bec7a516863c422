import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { PortVlans } from '../../../lib/model/vlan/port_vlans';
import type { Vid } from '../../../lib/model/vlan/vid';
import { commandsFromNothing, portVlansState } from '../plan/arbitraries';
import { KernelModel } from './kernel_model';
import { bridge, tunnelPort } from '../model/host/host_parts';
import { plain } from '../model/vlan/plain';

const ONE: PortVlans = { pvid: 1 as Vid, vlans: new Map([[1 as Vid, 'untagged']]) };
const NOTHING: PortVlans = { pvid: null, vlans: new Map() };

/** A bridge that filters, with one port, after the commands. */
function after(have: PortVlans, ...lines: string[]) {
  const kernel = new KernelModel(
    [{ name: 'br0', filtering: true, protocol: '802.1Q', defaultPvid: 1 as Vid, vlans: ONE }],
    [{ name: 'port', bridge: 'br0', vlans: have }],
  );
  for (const line of lines) {
    const [tool, ...words] = line.split(' ');
    if (tool === 'ip') kernel.runIp(words);
    else kernel.runBridge(words);
  }
  return kernel;
}
const portAfter = (...lines: string[]) => plain(after(ONE, ...lines).vlansOf('port'));

/** The mappings of a port that has VLAN 1 and VNI 10 for it. */
function tunnelsAfter(...lines: string[]): [number, number][] {
  const kernel = new KernelModel([bridge('br0')], [tunnelPort('vx0', { 1: 10 })]);
  for (const line of lines) kernel.runBridge(line.split(' '));
  return [...(kernel.ports()[0]?.tunnels ?? [])];
}

describe("the model of the kernel's rules", () => {
  test('adding with pvid moves the PVID; the VID that held it stays as it was', () => {
    expect(portAfter('bridge vlan add dev port vid 5 pvid')).toEqual({
      pvid: 5,
      vlans: [
        [1, 'untagged'],
        [5, 'tagged'],
      ],
    });
  });

  test('adding a member again replaces its flags, and takes its PVID away', () => {
    expect(portAfter('bridge vlan add dev port vid 1')).toEqual({ pvid: null, vlans: [[1, 'tagged']] });
  });

  test("deleting the PVID's VID leaves none", () => {
    expect(portAfter('bridge vlan del dev port vid 1')).toEqual({ pvid: null, vlans: [] });
  });

  test('deleting what is not there is no error', () => {
    expect(portAfter('bridge vlan del dev port vid 7-9')).toEqual(plain(ONE));
  });

  test.each([
    ['bridge vlan add dev port vid 2-3 pvid', 'pvid cannot be configured for a vlan range'],
    ['bridge vlan add dev port vid 3-2', 'Invalid VLAN range "3-2"'],
    ['bridge vlan add dev port vid 4095', 'Invalid VLAN ID "4095"'],
    ['bridge vlan add dev gone vid 2', 'Cannot find device "gone"'],
    ['bridge vlan add dev br0 vid 2', 'RTNETLINK answers: Operation not supported'],
    ['bridge vlan add dev port vid 2 self', 'RTNETLINK answers: Operation not supported'],
    ['ip link set dev br0 type bridge vlan_default_pvid 2', 'RTNETLINK answers: Operation not permitted'],
  ])('refuses %s', (line, message) => {
    expect(() => after(ONE, line)).toThrow(message);
  });

  test.each<[string, string[], [number, number][] | string]>([
    ['is of a member', ['vid 2 tunnel_info id 20'], 'RTNETLINK answers: Invalid argument'],
    ['is not replaced', ['vid 1 tunnel_info id 20'], 'RTNETLINK answers: File exists'],
    ['of a VNI is one', ['vid 2', 'vid 2 tunnel_info id 10'], 'RTNETLINK answers: File exists'],
    ['stays with new flags of its VLAN', ['vid 1', 'vid 1 pvid untagged'], [[1, 10]]],
    [
      'may be a range',
      ['vid 2-3', 'vid 2-3 tunnel_info id 20-21'],
      [
        [1, 10],
        [2, 20],
        [3, 21],
      ],
    ],
  ])('a mapping to a VNI %s', (_, lines, expected) => {
    const run = () => tunnelsAfter(...lines.map((line) => `vlan add dev vx0 ${line}`));
    if (typeof expected === 'string') expect(run).toThrow(expected);
    else expect(run()).toEqual(expected);
  });

  test('a mapping goes with its VLAN, and does not come back with it', () => {
    expect(tunnelsAfter('vlan del dev vx0 vid 1', 'vlan add dev vx0 vid 1')).toEqual([]);
  });

  test('every state of a port can be reached from nothing', () => {
    fc.assert(
      fc.property(portVlansState, (state) => {
        const lines = commandsFromNothing('port', false, state).map((words) => `bridge ${words.join(' ')}`);
        assert.deepEqual(after(NOTHING, ...lines).vlansOf('port'), state);
      }),
      { numRuns: 1000 },
    );
  });
});
