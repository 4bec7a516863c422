import type { PortRole, Switch } from './switch';
import type { Host } from '../../model/host/host';
import { describeFlags, differingFlags, type PortFlags } from '../../model/vlan/port_flags';
import { describePortVlans, NO_VLANS, samePortVlans } from '../../model/vlan/port_vlans';
import { bridgeSource, type RuleSource } from '../../model/match/describe_rule';
import { describeSettings, type Plan } from '../plan_host';
import type { Step } from '../step';
import { shellCommand } from '../../text/shell_quote';

const NO_FLAGS: PortFlags = {};

/** One bridge or port that would change. */
export interface Change {
  readonly bridge: string;
  /** The interface: the port, or the bridge. */
  readonly name: string;
  readonly role: 'bridge' | PortRole;
  readonly guest: string | null;
  readonly wantedBy: RuleSource | null;
  readonly found: string;
  readonly wanted: string;
  /** In the order in which they would be run. Commands of other ports may be run between them. */
  readonly commands: readonly string[];
}

/** What a plan changes, bridge by bridge and port by port. */
export function diffHosts(before: Host, plan: Plan, switches: readonly Switch[]): Change[] {
  const { after } = plan;
  const by = wantedBy(plan);
  const stepsFor = (dev: string, ...tools: readonly Step['tool'][]): string[] =>
    plan.steps
      .filter((step) => step.dev === dev && tools.includes(step.tool))
      .map((step) => shellCommand([step.tool, ...step.args]));
  return switches.flatMap(({ bridge: { name }, ports }): Change[] => {
    const [was, is] = [before.bridges.get(name), after.bridges.get(name)];
    if (was === undefined || is === undefined) return [];
    const common = { bridge: name, guest: null, wantedBy: by.get(name) ?? null };
    const changes: Change[] = [];
    const [old, next] = [describeSettings(was), describeSettings(is)];
    const differ = old.flatMap((text, index) => (text === next[index] ? [] : [index]));
    if (differ.length > 0) {
      const pick = (texts: readonly string[]): string => differ.map((index) => texts[index]).join(', ');
      changes.push({
        ...common,
        name,
        role: 'bridge',
        found: pick(old),
        wanted: pick(next),
        commands: stepsFor(name, 'ip'),
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
      const own = stepsFor(port, 'bridge');
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
        commands: own,
      });
    }
    for (const { dev, guest } of plan.joins.filter((join) => join.bridge === name))
      changes.push({
        ...common,
        name: dev,
        role: 'guest',
        guest,
        wantedBy: by.get(dev) ?? null,
        found: 'in no bridge',
        wanted: describePortVlans(after.ports.get(dev)?.vlans ?? NO_VLANS),
        commands: stepsFor(dev, 'ip', 'bridge'),
      });
    return changes;
  });
}

/** Which section or metadata the wish for a bridge or port comes from, by its name. Later ones take precedence. */
function wantedBy({ bridges, ports, trunks }: Plan): ReadonlyMap<string, RuleSource> {
  return new Map<string, RuleSource>([
    ...bridges.flatMap(({ target: { rule, wish } }) =>
      [rule.bridge, ...wish.ports.keys()].map((name) => [name, bridgeSource(rule)] as const),
    ),
    ...trunks.map(({ name, rule }) => [name, bridgeSource(rule)] as const),
    ...ports.map(({ wanted }) => [wanted.dev, wanted.rule] as const),
  ]);
}
