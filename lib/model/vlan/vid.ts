declare const vidBrand: unique symbol;
/** A VLAN ID that a parser has checked: 1..4094 (IEEE 802.1Q reserves 0 and 4095). */
export type Vid = number & { readonly [vidBrand]: true };

export const MIN_VID = 1;
export const MAX_VID = 4094;

/** A VID from its decimal text; null: it is not in 1..4094. */
export function parseVid(text: string): Vid | null {
  return /^[0-9]{1,5}$/.test(text) ? toVid(Number(text)) : null;
}

/** A VID from a number; null: it is not in 1..4094. */
export function toVid(number: number): Vid | null {
  return Number.isInteger(number) && number >= MIN_VID && number <= MAX_VID ? (number as Vid) : null;
}
