import type { Problem } from '../../model/problem';
import type { Keyfile } from './keyfile';

/** A profile that has been edited so that a bridge has what its port had, and what this cannot achieve. */
export interface Pinned {
  readonly keyfile: Keyfile;
  readonly problems: readonly Problem[];
}
