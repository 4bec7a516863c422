/** How this process was started. */
export interface Start {
  /** The path of the executable, links resolved. */
  readonly file: string;
  /** The process of the sh header that kills a hung hook; null: none. */
  readonly watchdog: number | null;
  /** The process that called the executable. */
  readonly caller: number;
}

/** What an executable does. */
export type Main = (start: Start) => Promise<void>;
