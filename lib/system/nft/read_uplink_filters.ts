import type { Exec } from '../../model/io';
import { parseUplinkFilters, type FoundUplinkFilter } from '../../model/routes/good_citizen';
import { readTable } from './read_table';

/** The filters of uplinks, by name. null: nft or the nftables of the kernel are missing. Throws KnownError. */
export async function readUplinkFilters(exec: Exec): Promise<ReadonlyMap<string, FoundUplinkFilter> | null> {
  const json = await readTable(exec, 'arp');
  return json === null ? null : parseUplinkFilters(json);
}
