import type { Host } from '../vlan/host';
import { expectedBridge, type WantedPort } from '../match/match_ports';
import type { Problem } from '../types';
import { describeRule } from '../match/describe_rule';
import type { PluginIo } from './plugin';
import { shellName, shellQuote } from '../shell_quote';

export interface PortCheck {
  readonly canBeSet: boolean;
  readonly problem: Problem | null;
}

/**
 * Whether a port can be given VLANs that count: it is in a bridge, in the right one, and that one filters.
 *
 * @param bridges asks `ip` for all bridges, once a run
 */
export async function checkPort(
  port: WantedPort,
  host: Host,
  io: PluginIo,
  bridges: () => Promise<Host['bridges']>,
): Promise<PortCheck> {
  const { dev, iface, rule } = port;
  const where = describeRule(rule);
  const what = `port ${dev} of guest ${port.guest}`;
  const refuse = (message: string, hint: string, canBeSet = false): PortCheck => ({
    canBeSet,
    problem: { level: 'error', message: `${what}: ${message} (${where}).`, hint },
  });
  const found = host.ports.get(dev);
  if (found === undefined) {
    // Only now, since it costs a process: is there such an interface at all?
    const link = await io.exec('ip', ['link', 'show', 'dev', dev]);
    if (!link.ok) {
      // By hand and without the guest's XML, a port that is not there is a guest that does not run.
      const message =
        iface === null ? 'there is no such interface: the guest does not run' : 'there is no such interface';
      return refuse(
        message,
        `Start the guest, or correct the section; \`virsh domiflist ${shellName(port.guest)}\` tells its interfaces.`,
      );
    }
    return refuse(
      'it is not in a Linux bridge',
      `Give it <source bridge='…'/> in the guest's XML, or \`ip link set ${shellQuote(dev)} master BRIDGE\`, or take the section out.`,
    );
  }
  const expected = expectedBridge(port) ?? found.bridge;
  if (found.bridge !== expected) {
    return refuse(
      `it is in bridge ${found.bridge}, not in ${expected}`,
      `Put it back with \`ip link set ${shellQuote(dev)} master ${shellQuote(expected)}\`, or correct the section and the guest's XML.`,
    );
  }
  if (!(await isFiltering(found.bridge, host, io, bridges))) {
    return refuse(
      `bridge ${found.bridge} does not filter VLANs, so every guest on it hears every VLAN`,
      `Give it a section [${found.bridge}] in bridge_init.conf and run \`bridge_init\`, or \`ip link set ${shellQuote(found.bridge)} type bridge vlan_filtering 1\`.`,
      true,
    );
  }
  return { canBeSet: true, problem: null };
}

/**
 * Whether a bridge filters VLANs. Where that was not asked with all the rest, sysfs tells: the process that `ip` takes
 * would cost a tenth of a hook's time. Where sysfs does not know the bridge, `ip` is asked all the same.
 */
async function isFiltering(
  bridge: string,
  host: Host,
  io: PluginIo,
  bridges: () => Promise<Host['bridges']>,
): Promise<boolean> {
  const known = host.bridges.get(bridge);
  if (known !== undefined) return known.filtering;
  const told = io.readText(`/sys/class/net/${bridge}/bridge/vlan_filtering`);
  if (told !== null) return told.trim() === '1';
  return (await bridges()).get(bridge)?.filtering === true;
}
