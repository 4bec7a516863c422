import type { Switch } from './switch';
import type { Host } from '../vlan/host';
import { describeFlags, differingFlags, type PortFlags } from '../vlan/port_flags';
import { describePortVlans, samePortVlans } from '../vlan/port_vlans';
import { describeSettings, type HostPlan } from './plan_host';
import { devOf } from './dev_of';

const NO_FLAGS: PortFlags = {};

/** One bridge or port that would change. */
export interface Change {
  readonly bridge: string;
  /** The interface: the port, or the bridge. */
  readonly name: string;
  readonly role: 'bridge' | 'host' | 'trunk' | 'guest' | 'other';
  readonly guest: string | null;
  readonly wantedBy: string | null;
  readonly found: string;
  readonly wanted: string;
  /** In the order in which they would be run, those of other ports between them. */
  readonly commands: readonly string[];
}

/** What plans change, bridge by bridge and port by port. */
export function diffHosts(before: Host, plans: readonly HostPlan[], switches: readonly Switch[]): Change[] {
  const after = plans.at(-1)?.after ?? before;
  const commands = plans.flatMap((plan) => plan.commands);
  const by = new Map(plans.flatMap((plan) => [...plan.by]));
  return switches.flatMap(({ bridge: { name }, ports }): Change[] => {
    const [was, is] = [before.bridges.get(name), after.bridges.get(name)];
    if (was === undefined || is === undefined) return [];
    const common = { bridge: name, guest: null, wantedBy: by.get(name) ?? null };
    const changes: Change[] = [];
    const [old, next] = [describeSettings(was), describeSettings(is)];
    const differ = old.flatMap((text, index) => (text === next[index] ? [] : [index]));
    if (differ.length > 0) {
      const pick = (texts: readonly string[]): string => differ.map((index) => texts[index]).join(', ');
      const own = commands.filter(([tool]) => tool === 'ip').filter((words) => devOf(words) === name);
      const lines = own.map((words) => words.join(' '));
      changes.push({
        ...common,
        name,
        role: 'bridge',
        found: pick(old),
        wanted: pick(next),
        commands: lines,
      });
    }
    for (const { name: port, role, guest } of ports) {
      const [had, has] =
        role === 'host'
          ? [
              { ...was, flags: NO_FLAGS },
              { ...is, flags: NO_FLAGS },
            ]
          : [before.ports.get(port), after.ports.get(port)];
      if (had === undefined || has === undefined) continue;
      const flags = differingFlags(had.flags, has.flags);
      const own = commands.filter(([tool]) => tool === 'bridge').filter((words) => devOf(words) === port);
      if (samePortVlans(had.vlans, has.vlans) && flags.length === 0 && own.length === 0) continue;
      const describe = ({ vlans, flags: all }: typeof had): string => {
        const shown = Object.fromEntries(flags.map((flag) => [flag, all[flag] === true]));
        return [describePortVlans(vlans), describeFlags(shown)].filter((text) => text !== '').join('; ');
      };
      changes.push({
        ...common,
        name: port,
        role,
        guest,
        wantedBy: by.get(port) ?? common.wantedBy,
        found: describe(had),
        wanted: describe(has),
        commands: own.map((words) => words.join(' ')),
      });
    }
    return changes;
  });
}
