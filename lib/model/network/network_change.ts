/** The programs whose configuration `kvmvlan bridge` can write. */
export type BackendName = 'systemd-networkd' | 'NetworkManager' | 'netplan' | 'ifupdown' | 'ifupdown2';

/** A command of a change. It is run without a shell. */
export interface ChangeCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** Until it is killed; 60 000 unless given. */
  readonly timeoutMs?: number;
  /** Its failure is reported, but does not end the change: what counts is what the kernel shows afterwards. */
  readonly mayFail?: true;
}

/** A file that exists only while a change is tried. It is in /run, so a reboot removes it. */
export interface TrialFile {
  /** In /run. */
  readonly path: string;
  readonly text: string;
  /** Permissions: 0o600. Its owner is root. */
  readonly mode: number;
  /**
   * A file in /etc that it hides while the change is tried, by a bind mount; null: none. For managers that read only
   * one place. The file itself is not changed, and a reboot ends the mount.
   */
  readonly over: string | null;
}

/** A file that the change creates, replaces or removes when it is confirmed. */
export interface KeptFile {
  readonly path: string;
  /** Its text before the change; null: it did not exist. If it has another text when the change is confirmed, nothing is written. */
  readonly was: string | null;
  /** Its text after it; null: it is removed. */
  readonly text: string | null;
  readonly mode: number;
}

/**
 * A change of a network manager's configuration, as data: it can be shown, stored and taken back. A backend makes it, one
 * executor runs it.
 *
 * - try: write the trial files, then run `start`
 * - undo: remove the trial files, then run `undo`; both must also work after only a part of `start` has run, and twice
 * - confirm: write the kept files, remove the trial files, then run `settle`
 */
export interface NetworkChange {
  readonly backend: BackendName;
  readonly trial: readonly TrialFile[];
  readonly start: readonly ChangeCommand[];
  readonly undo: readonly ChangeCommand[];
  readonly kept: readonly KeptFile[];
  readonly settle: readonly ChangeCommand[];
}
