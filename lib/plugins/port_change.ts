/** A port that a run changed. */
export interface PortChange {
  readonly guest: string;
  readonly port: string;
  readonly bridge: string;
  /** The VLANs that it has now, in words; null: conf has none for it. */
  readonly now: string | null;
  /** Whether it had lost its bridge, and was put back. */
  readonly wasLost: boolean;
}
