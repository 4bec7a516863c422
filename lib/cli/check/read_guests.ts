import type { Domain } from '../../model/guest/domain';
import { parseDomain } from '../../model/guest/parse_domain';
import { KnownError } from '../../model/known_error';
import { STATUS_FOLDER } from '../../system/libvirt/read_guests';
import { asStarted } from '../../model/guest/as_started';
import { DEFINED_FOLDER } from '../inspect/inspect_guest';
import { networkBridge } from '../../system/libvirt/network_bridge';
import type { CheckIo } from './check_io';
import type { Facts } from './facts';

/** The guests of this host; null: only root may read them. */
export function readGuests(io: CheckIo): Pick<Facts, 'running' | 'stopped'> {
  const running = read(io, STATUS_FOLDER);
  const defined = read(io, DEFINED_FOLDER);
  const isOn = ({ name }: Domain): boolean => running?.some((guest) => guest.name === name) === true;
  const bridgeOf = (network: string): string | null => networkBridge(network, io.plugin);
  const stopped = defined?.filter((guest) => !isOn(guest)).map((guest) => asStarted(guest, bridgeOf));
  return { running, stopped: stopped ?? null };
}

function read(io: CheckIo, folder: string): Domain[] | null {
  try {
    return io.plugin.readFolder(folder).flatMap((name) => {
      const xml = name.endsWith('.xml') ? io.plugin.readText(`${folder}/${name}`) : null;
      return xml === null ? [] : parseOrNone(xml);
    });
  } catch (error) {
    if (error instanceof KnownError) return null;
    throw error;
  }
}

function parseOrNone(xml: string): Domain[] {
  try {
    return [parseDomain(xml)];
  } catch (error) {
    if (error instanceof KnownError) return [];
    throw error;
  }
}
