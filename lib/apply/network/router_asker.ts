import { parseMac } from '../../model/address/mac';
import type { HostIo } from '../../model/io';
import type { HostNetwork } from '../../model/network/host_network';
import { routerSolicitation } from '../../model/network/router_solicitation';
import type { Lost } from '../../plan/network/lost_by';
import { sendFrames } from '../../system/announce/send_frames';

/** As the kernel does (RFC 4861, 10): so many times, and so many milliseconds apart. */
const MAX_TIMES = 3;
const INTERVAL_MS = 4_000;

/**
 * Asks for routers while IPv6 is waited for. The kernel asks when an interface gets its link-local address. It misses the
 * answer if its network manager lets it hear routers only after that, and the next regular advertisement may be minutes
 * away.
 */
export class RouterAsker {
  private times = 0;
  private askedAt = -Infinity;

  constructor(private readonly io: Pick<HostIo, 'exec' | 'now' | 'log'>) {}

  /** Asks, unless it is too early, on the interfaces that still lack IPv6. */
  async ask(lost: readonly Lost[], now: HostNetwork): Promise<void> {
    const lacking = new Set(lost.flatMap(devLackingIpv6));
    const links = [...lacking].flatMap((dev) => now.links.get(dev) ?? []).filter(({ isUp }) => isUp);
    if (links.length === 0 || this.times >= MAX_TIMES || this.io.now() - this.askedAt < INTERVAL_MS) return;
    this.times++;
    this.askedAt = this.io.now();
    for (const { name, type, mac, index } of links) {
      const bytes = type === 'ether' ? parseMac(mac) : null;
      if (bytes === null) continue;
      const why = await sendFrames(this.io.exec, index, [routerSolicitation(bytes)]);
      if (why !== null) this.io.log.warning(`${name}: cannot ask for IPv6 routers: ${why}`);
    }
  }
}

function devLackingIpv6(lost: Lost): string[] {
  if (lost.kind === 'address') return lost.address.includes(':') ? [lost.dev] : [];
  return lost.kind === 'route' && lost.route.family === 6 ? [lost.dev] : [];
}
