import type { Facts } from './facts';

/** Whether a bridge is down. Then the kernel disables all its ports (br_stp_if.c br_stp_disable_bridge). */
export function isDown(bridge: string, { bridgeLinks }: Pick<Facts, 'bridgeLinks'>): boolean {
  return bridgeLinks?.some(({ name, isUp }) => name === bridge && !isUp) === true;
}
