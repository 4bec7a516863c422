/** One call of a hook: `<hooks>/<driver> <object> <operation> <sub-operation> <extra>`. */
export interface HookCall {
  readonly driver: string;
  /** The guest's or network's name; `-` for daemon. */
  readonly object: string;
  readonly operation: string;
  readonly suboperation: string;
  readonly extra: string;
}
