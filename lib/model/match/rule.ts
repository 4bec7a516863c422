import type { ConfProblem } from '../conf/conf_problem';
import type { Place } from '../problem';

/** The conditions of a section. A condition that is absent, or could not be read, holds for every interface. */
export interface Conditions {
  /** Name, UUID or pattern; absent: any guest. */
  readonly guest?: string;
  /** The interface's name on the host: the section's name, if no other key selects the interface. */
  readonly dev?: string;
  readonly mac?: string;
  readonly nic?: number;
  readonly alias?: string;
  readonly bridge?: string;
  readonly network?: string;
}

/**
 * A section of a conf file, or an element of a guest's metadata, that says what some interfaces of guests get.
 *
 * @typeParam W what they get
 */
export interface Rule<W> {
  readonly label: string;
  /** In metadata, the line is the number of the element, from 1. */
  readonly place: Place;
  readonly origin: 'conf' | 'metadata';
  readonly conditions: Conditions;
  /** null: it has a problem, so its wish is unknown. */
  readonly wish: W | null;
  readonly problems: readonly ConfProblem[];
}

/** Lines of a section that has lost its header. They concern the guests and interfaces that it may have been for. */
export interface LostSection {
  readonly conditions: Conditions;
  readonly problems: readonly ConfProblem[];
}

/** Whether metadata counts, and which comes first if both conf and the guest's metadata match an interface. */
export type MetadataUse = 'off' | 'fallback' | 'prefer';

/** A conf file of rules. */
export interface RuleConf<W> {
  /** In the order of the file. */
  readonly rules: readonly Rule<W>[];
  readonly metadata: MetadataUse;
  /** Problems that may hide a section: they concern every guest. */
  readonly hiding: readonly ConfProblem[];
  /** Lines before the first section; null: none. */
  readonly lost: LostSection | null;
  /** Problems of the line `metadata`: they concern guests that have metadata. */
  readonly ofMetadata: readonly ConfProblem[];
  /** All problems of the file, in its order; one that concerns no section now is a warning. */
  readonly problems: readonly ConfProblem[];
}
