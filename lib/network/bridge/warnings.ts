import type { NetLink } from '../../model/network/host_network';
import type { Problem } from '../../model/problem';
import type { PortFacts } from './port_facts';
import { noCarrier, virtualFunctions } from './problems';

/** What a bridge can change although everything moves, before it is created. */
export function warnings({ name, hasCarrier }: NetLink, facts: PortFacts): Problem[] {
  return [
    ...(hasCarrier ? [] : [noCarrier(name)]),
    ...(facts.virtualFunctions === 0 ? [] : [virtualFunctions(name, facts.virtualFunctions)]),
  ];
}
