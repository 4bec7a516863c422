import { findInterfaces } from '../../model/guest/find_interfaces';
import { parseDomain } from '../../model/guest/parse_domain';
import { isRoutable } from '../../model/match/match_routes';
import { asStarted } from '../../model/guest/as_started';
import type { ImaginaryTap } from './simulate_taps';

/**
 * A guest's XML as libvirt gives it to a hook after it has created the taps: interfaces without a name get one, and
 * `asStarted` adds its values. Throws KnownError if the XML is not that of a guest.
 *
 * @param bridgeOf the bridge of a libvirt network; null: not known
 */
export function withTapNames(
  xml: string,
  bridgeOf: (network: string) => string | null,
): { xml: string; taps: ImaginaryTap[] } {
  const before = parseDomain(xml);
  const { interfaces } = asStarted(before, bridgeOf);
  const taps: ImaginaryTap[] = [];
  const parts: string[] = [];
  let at = 0;
  for (const [place, { start, startTagEnd, end }] of findInterfaces(xml).entries()) {
    const iface = interfaces[place];
    const was = before.interfaces[place];
    if (iface === undefined) continue;
    const hasBridge = iface.bridge !== null && ['bridge', 'network'].includes(iface.type);
    if (!hasBridge && !isRoutable(iface)) continue;
    const { bridge } = iface;
    const dev = iface.dev ?? `vnet-sim${place}`;
    taps.push({ dev, bridge });
    const startTag = xml.slice(start, startTagEnd).replace(/(\stype\s*=\s*)(['"])network\2/, "$1'bridge'");
    const inside = [
      iface.dev === null ? `<target dev='${dev}'/>` : '',
      bridge === null || was?.bridge === bridge ? '' : `<source bridge='${quoted(bridge)}'/>`,
      was?.alias === iface.alias ? '' : `<alias name='${quoted(iface.alias ?? '')}'/>`,
    ].join('');
    parts.push(xml.slice(at, start), startTag.replace(/\/>$/, '>'), inside);
    // An empty interface ends with its start tag.
    if (startTag.endsWith('/>')) parts.push('</interface>');
    at = startTag.endsWith('/>') ? end : startTagEnd;
  }
  return { xml: [...parts, xml.slice(at)].join(''), taps };
}

function quoted(text: string): string {
  return text.replace(/[&<'\n\r\t]/g, (char) => `&#${char.charCodeAt(0)};`);
}
