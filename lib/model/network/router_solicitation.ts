import { neighbourFrame, UNSPECIFIED } from '../routes/neighbour_frames';

const ROUTER_SOLICITATION = 133;
/** ff02::2 (RFC 4291, 2.7.1). */
const ALL_ROUTERS = [0xff, 0x02, ...new Array<number>(13).fill(0), 2];

/** Asks all routers of a network for an advertisement, in Ethernet (RFC 4861, 4.1). They send it to everybody. */
export function routerSolicitation(mac: readonly number[]): Uint8Array {
  return neighbourFrame(mac, UNSPECIFIED[6], ALL_ROUTERS, [ROUTER_SOLICITATION, 0, 0, 0, 0, 0, 0, 0]);
}
