import { parseDomain } from '../domain/parse_domain';
import { asStarted } from './as_started';
import type { ImaginaryTap } from './simulate_taps';

/**
 * A guest's XML as libvirt gives it to a hook once the taps are there: interfaces without a name get one, and what
 * `asStarted` tells.
 *
 * @param bridgeOf the bridge of a libvirt network; null where it is not known
 */
export function withTapNames(
  xml: string,
  bridgeOf: (network: string) => string | null,
): { xml: string; taps: ImaginaryTap[] } {
  const before = parseDomain(xml);
  const { interfaces } = asStarted(before, bridgeOf);
  const taps: ImaginaryTap[] = [];
  let nic = 0;
  const named = xml.replace(
    /<!--[\s\S]*?-->|<interface\b[\s\S]*?<\/interface>/g,
    (element: string): string => {
      if (element.startsWith('<!--')) return element;
      const iface = interfaces[nic];
      const was = before.interfaces[nic++];
      if (iface === undefined || !['bridge', 'network'].includes(iface.type)) return element;
      const { bridge } = iface;
      if (bridge === null) return element;
      const dev = iface.dev ?? `vnet-sim${iface.nic}`;
      taps.push({ dev, bridge });
      const target = iface.dev === null ? `<target dev='${dev}'/>` : '';
      const source = was?.bridge === bridge ? '' : `<source bridge='${bridge}'/>`;
      const alias = was?.alias === iface.alias ? '' : `<alias name='${iface.alias}'/>`;
      return element
        .replace(/<interface\b([^>]*?)type=(['"])network\2/, "<interface$1type='bridge'")
        .replace(/<\/interface>$/, `${target}${source}${alias}</interface>`);
    },
  );
  return { xml: named, taps };
}
