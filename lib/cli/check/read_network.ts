import type { CheckIo } from './check_io';
import type { BridgeLink, Facts } from './facts';

interface LinkJson {
  readonly ifname?: string;
  readonly flags?: readonly string[];
  readonly linkinfo?: {
    readonly info_data?: { readonly stp_state?: number; readonly forward_delay?: number };
  };
}

/** The bridges' own settings, and netfilter's settings for bridged frames. */
export async function readNetwork(io: CheckIo): Promise<Pick<Facts, 'bridgeLinks' | 'netfilter'>> {
  const [shown, forward] = await Promise.all([
    io.plugin.exec('ip', ['-j', '-d', 'link', 'show', 'type', 'bridge']),
    io.plugin.exec('iptables', ['-S', 'FORWARD']),
  ]);
  const calls = io.text('/proc/sys/net/bridge/bridge-nf-call-iptables')?.trim() ?? null;
  return {
    bridgeLinks: shown.ok ? parseLinks(shown.stdout) : null,
    netfilter: {
      callsIptables: calls === null ? null : calls === '1',
      forward: forward.ok ? forward.stdout : null,
      // The module's use count is the number of such expressions. Built into the kernel, it is not in this file.
      usesBridges: /^nft_meta_bridge \d+ [1-9]/m.test(io.text('/proc/modules') ?? ''),
    },
  };
}

function parseLinks(output: string): BridgeLink[] | null {
  try {
    const links = JSON.parse(output.trim() === '' ? '[]' : output) as LinkJson[];
    return links.flatMap(({ ifname, flags, linkinfo }) =>
      ifname === undefined
        ? []
        : [
            {
              name: ifname,
              isUp: flags?.includes('UP') === true,
              stp: (linkinfo?.info_data?.stp_state ?? 0) > 0,
              // In hundredths of a second.
              forwardDelay: (linkinfo?.info_data?.forward_delay ?? 0) / 100,
            },
          ],
    );
  } catch {
    return null;
  }
}
