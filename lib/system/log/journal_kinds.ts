/**
 * The kinds of entries that programs can look for in the systemd journal (`journalctl MESSAGE_ID=…`). An ID never
 * changes its meaning. conf/systemd/kvmvlan.catalog has the text that `journalctl -x` shows for each.
 */
export const JOURNAL_KINDS = {
  /** Ports of a guest got their VLANs. */
  'port-set': { id: 'd1edb1433d56456881c1ddff7fcbc90a', priority: 6, always: ['guest', 'port'] },
  'port-not-set': { id: '781a14494bef4aadaa11b0096584c463', priority: 3, always: ['guest', 'port'] },
  /** Something on a bridge was not as kvmvlan had left it, and is right again. */
  'drift-repaired': { id: '488217a551b04905b0b1a3f3bcf006e1', priority: 5, always: ['bridge'] },
  /** A script of a hook, or the hook itself, was out of time. */
  'hook-timed-out': { id: '926633b44e974dfa89c6090227cb9778', priority: 3, always: ['phase'] },
} as const;

export type JournalKind = keyof typeof JOURNAL_KINDS;

/** The fields that each entry of a kind has. The catalog may use only these: journalctl shows no others. */
export type FieldsOf<Kind extends JournalKind> = (typeof JOURNAL_KINDS)[Kind]['always'][number];
