import { parseDomain } from '../domain/parse_domain';
import type { ImaginaryTap } from './simulate_taps';

/**
 * A guest's XML as libvirt gives it to a hook once the taps are there: interfaces without a name get one, and those in
 * a network its bridge (domain_conf.c virDomainNetDefFormat, VIR_DOMAIN_DEF_FORMAT_STATUS).
 *
 * @param bridgeOf the bridge of a libvirt network; null where it is not known
 */
export function withTapNames(
  xml: string,
  bridgeOf: (network: string) => string | null,
): { xml: string; taps: ImaginaryTap[] } {
  const { interfaces } = parseDomain(xml);
  const taps: ImaginaryTap[] = [];
  let nic = 0;
  const named = xml.replace(
    /<!--[\s\S]*?-->|<interface\b[\s\S]*?<\/interface>/g,
    (element: string): string => {
      if (element.startsWith('<!--')) return element;
      const iface = interfaces[nic++];
      if (iface === undefined || !['bridge', 'network'].includes(iface.type)) return element;
      const bridge = iface.bridge ?? (iface.network === null ? null : bridgeOf(iface.network));
      if (bridge === null) return element;
      const dev = iface.dev ?? `vnet-sim${iface.nic}`;
      taps.push({ dev, bridge });
      const target = iface.dev === null ? `<target dev='${dev}'/>` : '';
      const source = iface.bridge === null ? `<source bridge='${bridge}'/>` : '';
      return element
        .replace(/<interface\b([^>]*?)type=(['"])network\2/, "<interface$1type='bridge'")
        .replace(/<\/interface>$/, `${target}${source}</interface>`);
    },
  );
  return { xml: named, taps };
}
