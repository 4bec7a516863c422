import type { CheckIo } from './check_io';
import type { Facts } from './facts';

/** What the firmware says about this machine. */
export function readFirmware(io: CheckIo): Facts['firmware'] {
  const read = (name: string): string | null => io.text(`/sys/class/dmi/id/${name}`)?.trim() ?? null;
  return {
    vendor: read('sys_vendor'),
    product: read('product_name'),
    assetTag: read('chassis_asset_tag'),
  };
}
