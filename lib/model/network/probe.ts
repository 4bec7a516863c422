/** Another host that answers before a move, and must answer after it. */
export type Probe =
  | { readonly kind: 'gateway' | 'session'; readonly address: string; readonly dev: string }
  | { readonly kind: 'name-server'; readonly address: string };
