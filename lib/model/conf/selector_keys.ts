import type { Key } from './keys';
import { wholeNumber, word } from './values';

const mac: Key<string> = {
  allowed: 'a MAC address such as 52:54:00:12:34:56',
  parse(text) {
    const lower = text.toLowerCase();
    return /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(lower) ? { value: lower } : { wrong: 'not a MAC address' };
  },
};

/** Keys that select an interface of a guest, in conf and in metadata. */
export const SELECTOR_KEYS = {
  mac,
  nic: wholeNumber(0, 999, "the N of libvirt's alias netN,"),
  alias: word("an interface's alias, such as net0 or ua-uplink"),
};
