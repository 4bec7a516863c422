import { equalIp, formatIp } from '../model/address/ip_address';
import type { HostIo } from '../model/io';
import type { Problem } from '../model/problem';
import type { Routing } from '../model/routes/routing';
import type { RoutedTap } from '../plan/routes/routed_tap';
import type { RoutesPlan } from '../plan/routes/route_step';
import { wantedProxies, type WantedProxy } from '../plan/routes/wanted_routes';
import { whoAnswers } from '../system/announce/who_answers';
import { addressAnswered, addressesNotProbed } from './route_problems';

/** An address that a tap is about to get. */
interface Asked extends WantedProxy {
  readonly tap: RoutedTap;
}

/**
 * Asks on the uplinks whether other machines have the addresses that guests are about to get, where conf wants that.
 * Resolves to an error for each that another machine has, and to a warning for each interface where that is not known.
 */
export function probeAddresses(
  taps: readonly RoutedTap[],
  { exec }: Pick<HostIo, 'exec'>,
): (plan: RoutesPlan, routing: Pick<Routing, 'links'>) => Promise<readonly Problem[]> {
  return async ({ announcements }, { links }) => {
    const asked = taps
      .filter(({ wish, presence }) => wish.probes && presence === 'here')
      .flatMap((tap) => wantedProxies(tap).map((proxy): Asked => ({ tap, ...proxy })))
      .filter(({ address, dev }) =>
        announcements.some((one) => one.uplink === dev && equalIp(one.address, address)),
      );
    const own = new Set([...links.values()].map(({ mac }) => mac));
    const problems: Problem[] = [];
    for (const uplink of new Set(asked.map(({ dev }) => dev))) {
      const here = asked.filter(({ dev }) => dev === uplink);
      const link = links.get(uplink);
      const addresses = here.map(({ address }) => address);
      const answers = link === undefined ? null : await whoAnswers(exec, link, addresses, own);
      const macs = answers?.macs ?? null;
      problems.push(...(macs === null ? notProbed(here, answers?.why ?? null) : answered(here, macs)));
    }
    return problems;
  };
}

function answered(asked: readonly Asked[], macs: ReadonlyMap<string, string>): Problem[] {
  return asked.flatMap(({ tap, address, dev }): Problem[] => {
    const mac = macs.get(formatIp(address));
    return mac === undefined ? [] : [addressAnswered(tap, { address, uplink: dev, mac })];
  });
}

function notProbed(asked: readonly Asked[], why: string | null): Problem[] {
  return [...new Set(asked.map(({ tap }) => tap))].map((tap) => {
    const own = asked.filter((one) => one.tap === tap);
    const addresses = own.map(({ address }) => address);
    return addressesNotProbed(tap, addresses, own[0]?.dev ?? '', why);
  });
}
