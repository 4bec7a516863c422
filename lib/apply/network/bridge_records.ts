import type { HostIo } from '../../model/io';
import { KnownError } from '../../model/known_error';
import type { BridgeRecord } from '../../model/network/pending_move';
import { shellQuote } from '../../text/shell_quote';
import { bridgeRecordFile } from '../rollback/state_files';

const FORMAT = 1;

/** What `bridge create` has made; null: it did not make this bridge. Throws KnownError. */
export function readRecord(bridge: string, io: Pick<HostIo, 'readText'>): BridgeRecord | null {
  const file = bridgeRecordFile(bridge);
  const text = io.readText(file);
  if (text === null) return null;
  try {
    const { format, record } = JSON.parse(text) as { format: number; record: BridgeRecord };
    if (format !== FORMAT) throw new Error(`format ${format}`);
    return record;
  } catch (error) {
    throw new KnownError(
      `${file} was not written by this version of kvmvlan: ${(error as Error).message}`,
      `Remove ${bridge} by means of the network manager, then \`rm ${shellQuote(file)}\`.`,
    );
  }
}

/** @param record null: the bridge was removed */
export function writeRecord(
  bridge: string,
  record: BridgeRecord | null,
  io: Pick<HostIo, 'writeText'>,
): void {
  io.writeText(
    bridgeRecordFile(bridge),
    record === null ? null : `${JSON.stringify({ format: FORMAT, record })}\n`,
  );
}
