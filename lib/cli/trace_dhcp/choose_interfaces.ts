import type { Domain, DomainInterface } from '../../model/guest/domain';
import { Exit, KnownError } from '../../model/known_error';

/**
 * The interfaces of a guest that `--interface` means: one, by its port, MAC address, alias or number. Throws KnownError
 * if it means none.
 *
 * @param wanted undefined: all
 */
export function chooseInterfaces(
  { name, interfaces }: Domain,
  wanted: string | undefined,
): readonly DomainInterface[] {
  if (wanted === undefined) return interfaces;
  const by: readonly ((iface: DomainInterface) => boolean)[] = [
    ({ dev }) => dev === wanted,
    ({ mac }) => mac === wanted.toLowerCase(),
    ({ alias }) => alias === wanted,
    ({ nic, place }) => String(nic ?? place) === wanted,
  ];
  const found = by.flatMap((is) => interfaces.find(is) ?? [])[0];
  if (found !== undefined) return [found];
  const all = interfaces.map(({ nic, place, dev, mac }) =>
    [String(nic ?? place), dev, mac].filter((word) => word !== null).join(' '),
  );
  throw new KnownError(
    `guest ${name} has no interface ${wanted}`,
    all.length === 0
      ? 'It has no interface at all.'
      : `Use a number, a port or a MAC address of: ${all.join(', ')}.`,
    Exit.usage,
  );
}
