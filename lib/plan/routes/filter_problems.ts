import { parseMac } from '../../model/address/mac';
import { canNameInterface } from '../../model/nft/chain';
import type { Problem } from '../../model/problem';
import type { RoutedTap } from './routed_tap';
import { macNotFilterable, nameNotFilterable } from './tap_problems';

/** Why nftables cannot hold the filters that a tap should have. It would refuse them, or filter something else. */
export function filterProblems(tap: RoutedTap): Problem[] {
  const { dev, mac, wish } = tap;
  const { isStrict, isGoodCitizen, uplink } = wish;
  const names = [...(isStrict ? [dev] : []), ...(isGoodCitizen && uplink !== null ? [uplink] : [])];
  return [
    ...names.filter((name) => !canNameInterface(name)).map((name) => nameNotFilterable(tap, name)),
    ...(isStrict && parseMac(mac) === null ? [macNotFilterable(tap)] : []),
  ];
}
