import { whyFailed } from '../../model/describe_end';
import type { Exec, ExecResult } from '../../model/io';
import { KnownError } from '../../model/known_error';
import { TABLE, type NftFamily } from '../../model/nft/chain';

/** The exit status of nft if the kernel has no netfilter sockets. Source: nftables include/nftables.h, NFT_EXIT_NONL. */
const NO_NETLINK = 3;

/**
 * What nft says if the kernel has these sockets, but no nftables: an unknown subsystem is EINVAL. It has no exit status for
 * that. Source: Linux net/netfilter/nfnetlink.c, nfnetlink_rcv_msg(); seen with nft 1.0.6 on Linux 7.2.
 */
const NO_SUBSYSTEM = 'cache initialization failed: Invalid argument';

const EMPTY = '{"nftables": []}';

/**
 * The table of guest_routes in a family, as JSON. null: nft or the nftables of the kernel are missing. Throws KnownError if
 * it cannot be read for another reason.
 */
export async function readTable(exec: Exec, family: NftFamily): Promise<string | null> {
  const args = ['list', 'table', family, TABLE];
  const result = await exec('nft', ['-j', ...args]);
  if (result.ok) return result.stdout;
  if (lacksNftables(result)) return null;
  // nft has no exit status for a table that does not exist.
  const tables = await exec('nft', ['-j', 'list', 'tables', family]);
  if (tables.ok && !tables.stdout.includes(JSON.stringify(TABLE))) return EMPTY;
  throw new KnownError(
    `cannot read the filters of this host: \`nft ${args.join(' ')}\`: ${whyFailed(result)}`,
    `Run \`nft ${args.join(' ')}\` to see what is wrong.`,
  );
}

function lacksNftables({ end, stderr }: ExecResult): boolean {
  if (end.kind === 'not-found') return true;
  return end.kind === 'exit' && (end.status === NO_NETLINK || stderr.includes(NO_SUBSYSTEM));
}
