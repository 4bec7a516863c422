/** A running guest whose XML cannot be read, so the VLANs of its ports are unknown. */
export interface UnreadGuest {
  readonly guest: string;
  /** The text of its status file; null: that cannot be read either. */
  readonly text: string | null;
}
