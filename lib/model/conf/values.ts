import { parseVid, type Vid } from '../vlan/vid';
import { parseVidList } from '../vlan/vid_list';
import type { Key } from './keys';

/** A VID, or `none` as null. */
export const vidOrNone: Key<Vid | null> = {
  allowed: 'a VID from 1 to 4094, or none',
  parse(text) {
    if (text.toLowerCase() === 'none') return { value: null };
    const vid = parseVid(text);
    return vid === null ? { wrong: 'not a VID' } : { value: vid };
  },
};

/** VIDs and ranges; may be empty. */
export const vidList: Key<ReadonlySet<Vid>> = {
  allowed: 'VIDs from 1 to 4094 and ranges such as 200-299, separated by spaces or commas',
  isList: true,
  parse(text) {
    const list = parseVidList(text);
    return 'vids' in list ? { value: list.vids } : list;
  },
};

/** A name or the like: one line that must not be empty. */
export function word(allowed: string): Key<string> {
  return {
    allowed,
    parse(text) {
      if (text === '') return { wrong: 'empty' };
      return text.includes('\n') ? { wrong: 'more than one line' } : { value: text };
    },
  };
}

/** Words separated by spaces or commas; may be empty. */
export function words(allowed: string): Key<readonly string[]> {
  return {
    allowed,
    isList: true,
    parse(text) {
      const list = text.split(/[\s,]+/).filter((item) => item !== '');
      return list.length === 0 && text !== '' ? { wrong: 'no name' } : { value: list };
    },
  };
}

/** One of several words, in any case. */
export function oneOf<const T extends string>(...choices: readonly T[]): Key<T> {
  return {
    allowed: choices.join(', '),
    parse(text) {
      const choice = choices.find((item) => item.toLowerCase() === text.toLowerCase());
      return choice === undefined ? { wrong: 'not one of the allowed words' } : { value: choice };
    },
  };
}

const YES = ['yes', 'true', 'on', '1'];
const NO = ['no', 'false', 'off', '0'];

/** The words for yes and no that Python's configparser takes. */
export const yesOrNo: Key<boolean> = {
  allowed: 'yes or no',
  parse(text) {
    const lower = text.toLowerCase();
    if (YES.includes(lower)) return { value: true };
    return NO.includes(lower) ? { value: false } : { wrong: 'neither yes nor no' };
  },
};

/** A whole number of the given range, both ends included. */
export function wholeNumber(min: number, max: number, unit: string): Key<number> {
  return {
    allowed: `${unit} from ${min} to ${max}`,
    parse(text) {
      const number = /^[0-9]{1,9}$/.test(text) ? Number(text) : NaN;
      return number >= min && number <= max ? { value: number } : { wrong: 'not a number in this range' };
    },
  };
}
