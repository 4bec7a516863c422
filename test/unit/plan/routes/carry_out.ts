import { planRoutes } from '../../../../lib/plan/routes/plan_routes';
import type { Routing } from '../../../../lib/model/routes/routing';
import type { RoutesDesired } from '../../../../lib/plan/routes/routed_tap';
import type { RouteStep } from '../../../../lib/plan/routes/route_step';
import { RoutingModel } from './routing_model';

export const textOf = ({ purpose, action, dev, subject }: RouteStep): string =>
  `${purpose}: ${action.tool === 'ip' ? `ip ${action.args.join(' ')}` : action.tool === 'sysctl' ? `${action.file} = ${action.value}` : `nft ${subject ?? dev}`}`;

/** Carries out a plan; the kernel must refuse none of its steps. */
export function done(desired: RoutesDesired, routing: Routing): Routing {
  const model = new RoutingModel(routing);
  for (const step of planRoutes(desired, routing).steps)
    expect([textOf(step), model.apply(step)]).toEqual([textOf(step), null]);
  return model.routing;
}
