/** The kernel, or iproute2 before it, will not do it; the message is what the tool prints. */
export class Refused extends Error {}
