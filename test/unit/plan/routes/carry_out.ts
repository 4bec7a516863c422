import type { NetLink } from '../../../../lib/model/network/host_network';
import { parseUplinkFilters } from '../../../../lib/model/routes/good_citizen';
import type { Routing } from '../../../../lib/model/routes/routing';
import { parseFilters } from '../../../../lib/model/routes/tap_filter';
import { planRoutes } from '../../../../lib/plan/routes/plan_routes';
import type { RoutesDesired } from '../../../../lib/plan/routes/routed_tap';
import type { RouteStep } from '../../../../lib/plan/routes/route_step';
import { FakeNft } from '../../fake_host/fake_nft';
import { Refused } from '../../fake_host/refused';
import { RoutingModel } from '../../fake_host/routing_model';

export const textOf = ({ purpose, action, dev, subject }: RouteStep): string =>
  `${purpose}: ${action.tool === 'ip' ? `ip ${action.args.join(' ')}` : action.tool === 'sysctl' ? `${action.file} = ${action.value}` : `nft ${subject ?? dev}`}`;

/** The models of the host in memory, from any state, without the programs before them. */
export class PlannedHost {
  private readonly links: Map<string, NetLink>;
  private readonly settings: Map<string, string>;
  private readonly model: RoutingModel;
  private readonly nft: FakeNft | null;

  constructor({ links, settings, filters, uplinkFilters, ...routing }: Routing) {
    this.links = new Map(links);
    this.settings = new Map(settings);
    this.model = new RoutingModel(this.links, routing);
    this.nft =
      filters === null || uplinkFilters === null
        ? null
        : new FakeNft({
            netdev: [...filters.values()].map(({ chain }) => chain),
            arp: [...uplinkFilters.values()].flatMap(({ chains }) => chains),
          });
  }

  get routing(): Routing {
    return {
      ...this.model.state,
      links: new Map(this.links),
      filters: this.nft === null ? null : parseFilters(this.nft.list('netdev')),
      uplinkFilters: this.nft === null ? null : parseUplinkFilters(this.nft.list('arp')),
      settings: new Map(this.settings),
    };
  }

  /** @returns why the kernel refuses a step; null: it is done */
  apply({ action }: RouteStep): string | null {
    switch (action.tool) {
      case 'sysctl':
        if (!this.settings.has(action.file)) return `there is no ${action.file}`;
        this.settings.set(action.file, action.value);
        return null;
      case 'nft':
        if (this.nft === null) return 'there is no nft';
        this.nft.load(action.ruleset);
        return null;
      case 'ip':
        try {
          this.model.run(action.args);
          return null;
        } catch (error) {
          if (error instanceof Refused) return error.message;
          throw error;
        }
    }
  }
}

/** Carries out a plan; the kernel must refuse none of its steps. */
export function done(desired: RoutesDesired, routing: Routing): Routing {
  const host = new PlannedHost(routing);
  for (const step of planRoutes(desired, routing).steps)
    expect([textOf(step), host.apply(step)]).toEqual([textOf(step), null]);
  return host.routing;
}
