import type { Exec } from '../../model/io';
import { parseFilters, type FoundFilter } from '../../model/routes/tap_filter';
import { readTable } from './read_table';

/** The filters of taps, by the tap's name. null: nft or the nftables of the kernel are missing. Throws KnownError. */
export async function readFilters(exec: Exec): Promise<ReadonlyMap<string, FoundFilter> | null> {
  const json = await readTable(exec, 'netdev');
  return json === null ? null : parseFilters(json);
}
