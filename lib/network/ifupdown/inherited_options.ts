import { ifaceHead, type InterfacesLine, type Stanza } from './interfaces_text';

/** The templates of a stanza (`inherits`), and theirs: the ones that are needed first come first. */
export function templatesOf(stanza: Stanza, all: readonly Stanza[], depth = 8): Stanza[] {
  const parents = depth === 0 ? [] : (ifaceHead(stanza)?.parents ?? []);
  const own = all.filter((each) => each !== stanza && parents.includes(ifaceHead(each)?.name ?? ''));
  return own.flatMap((each) => [...templatesOf(each, all, depth - 1), each]);
}

/** The options that a stanza gets from its templates. */
export function inheritedOptions(stanza: Stanza, all: readonly Stanza[]): InterfacesLine[] {
  return templatesOf(stanza, all)
    .reverse()
    .flatMap(({ body }) => body.filter(({ words }) => words.length > 0));
}

/** The method of a stanza: its own, else its template's. */
export function methodOf(stanza: Stanza, all: readonly Stanza[]): string | null {
  const heads = [stanza, ...templatesOf(stanza, all).reverse()].map(ifaceHead);
  return heads.find((head) => head !== null && head.method !== null)?.method ?? null;
}
