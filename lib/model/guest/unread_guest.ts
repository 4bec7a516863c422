/** A running guest whose XML cannot be read, so that nobody knows which of its ports is to be in which VLAN. */
export interface UnreadGuest {
  readonly guest: string;
  /** Its status file as it stands there; null: not even that can be read. */
  readonly text: string | null;
}
