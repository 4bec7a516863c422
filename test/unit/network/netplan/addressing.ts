import { parseSections, type Section } from '../../../../lib/network/sections';

/** What netplan renders for an interface of what moves, without the lines that are about the link. */
export function addressing(text: string | undefined): string[] {
  const isMoved = ({ name }: Section): boolean =>
    !['Match', 'Link', 'connection', 'match', 'ethernet', 'bridge', 'bond', 'ethtool'].includes(name);
  const ofBridges = ['ConfigureWithoutCarrier', 'Bridge', 'dhcp-iaid', 'dhcp-duid', 'route-metric'];
  return parseSections(text ?? '')
    .filter(isMoved)
    .flatMap(({ name, entries }) =>
      entries.filter(([key]) => !ofBridges.includes(key)).map(([key, value]) => `${name} ${key}=${value}`),
    );
}
