import { parseMac } from '../../model/address/mac';
import { canNameInterface } from '../../model/nft/chain';
import type { Problem, Subject } from '../../model/problem';
import { problem } from './conflicts';
import type { RoutedTap } from './routed_tap';

/** Why nftables cannot hold the filters that a tap should have. It would refuse them, or filter something else. */
export function filterProblems(tap: RoutedTap): Problem[] {
  const { dev, mac, wish } = tap;
  const { isStrict, isGoodCitizen, uplink } = wish;
  const names = [...(isStrict ? [dev] : []), ...(isGoodCitizen && uplink !== null ? [uplink] : [])];
  const isOdd = isStrict && parseMac(mac) === null;
  return [
    ...names.filter((name) => !canNameInterface(name)).map((name) => oddName(tap, name)),
    ...(isOdd
      ? [notFilterable(tap, `${mac} is not a MAC address.`, 'Correct the `<mac>` in the domain XML.', {})]
      : []),
  ];
}

function oddName(tap: RoutedTap, name: string): Problem {
  const message = `nftables cannot filter the interface ${JSON.stringify(name)}: its name has one of the characters " * \\.`;
  return notFilterable(
    tap,
    message,
    'Choose another name for it. The name of a tap is `<target dev=…/>` in the domain XML.',
    { interface: name },
  );
}

function notFilterable(tap: RoutedTap, message: string, hint: string, about: Subject): Problem {
  return problem(tap, 'route-not-filterable', message, hint, about);
}
