import type { NetLink } from '../../model/network/host_network';
import type { Problem } from '../../model/problem';
import type { PortFacts } from './port_facts';

/** What a bridge can change although everything moves, before it is created. */
export function warnings({ name, hasCarrier }: NetLink, { virtualFunctions }: PortFacts): Problem[] {
  return [
    ...(hasCarrier
      ? []
      : [
          {
            level: 'warning',
            code: 'bridge-no-carrier',
            message: `${name} has no carrier, so it cannot be tested whether the bridge works.`,
            hint: 'Plug in the cable first.',
          } as const,
        ]),
    ...(virtualFunctions === 0
      ? []
      : [
          {
            level: 'warning',
            code: 'bridge-virtual-functions',
            message: `${name} has ${virtualFunctions} virtual functions (SR-IOV). Its embedded switch does not learn the guests' MAC addresses, so guests with a virtual function cannot reach guests on the bridge.`,
            hint: `For each guest on the bridge, add its MAC address: \`bridge fdb add <MAC> dev ${name} self\`.`,
          } as const,
        ]),
  ];
}
