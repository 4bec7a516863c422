import type { ProblemCode } from './problem_code';

/** A place in a conf file; lines count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** What of the host or of a guest a problem is about, as far as it matters. */
export interface Subject {
  readonly guest?: string;
  /** The number of an interface in the guest's XML, from 0. */
  readonly nth?: number;
  /** A tap or a trunk. */
  readonly port?: string;
  readonly bridge?: string;
  /** Another interface of the host: an uplink, a VRF, or one with an address. */
  readonly interface?: string;
  /** Addresses or networks. */
  readonly addresses?: readonly string[];
  /** A table of routes. */
  readonly table?: string;
  /** The key of a sysctl, or a setting of a bridge. */
  readonly setting?: string;
}

/** A known problem, and what to do about it. Its code and the optional fields say which problem it is. */
export interface Problem {
  readonly level: 'error' | 'warning';
  readonly code: ProblemCode;
  readonly message: string;
  /** What to do next; a whole sentence or a command. */
  readonly hint: string;
  /** Where conf or metadata is wrong, or asks for what cannot be. Line 0: the whole file. */
  readonly place?: Place;
  /** The name of the section there. */
  readonly section?: string;
  readonly key?: string;
  readonly subject?: Subject;
}
