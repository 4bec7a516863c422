import { cutText } from '../../text/cut_text';
import { shellName } from '../../text/shell_quote';
import type { ConfProblem } from '../conf/conf_problem';
import type { DomainInterface } from '../guest/domain';
import type { Problem } from '../problem';
import { describeRule, placeOfRule, type RuleSource } from './describe_rule';

// What is said about rules and the interfaces of guests. All sentences of this folder are in this file.

/** Why an interface cannot have what the rules of a kind wish for. */
const UNFIT = {
  port: {
    code: 'interface-without-port',
    what: 'is not a port of a bridge',
    hint: "Change it to <interface type='bridge'>, or remove the section.",
  },
  route: {
    code: 'interface-not-routable',
    what: 'cannot be routed',
    hint: "Change it to <interface type='ethernet'>, or remove the section.",
  },
} as const;

/** What the rules of a kind wish for. */
export type WishedFor = keyof typeof UNFIT;

/** The rule matches the interface, which cannot have what it wishes. */
export function interfaceUnfit(
  rule: RuleSource,
  guest: string,
  { place, type }: DomainInterface,
  wished: WishedFor,
): Problem {
  const { code, what, hint } = UNFIT[wished];
  return {
    level: 'error',
    code,
    message: `${describeRule(rule)} matches interface ${place} of guest ${guest}, which has type ${type} and ${what}.`,
    hint,
    ...placeOfRule(rule),
    subject: { guest, nth: place },
  };
}

export function sectionShadowed(rule: RuleSource, by: RuleSource): Problem {
  return {
    level: 'warning',
    code: 'section-shadowed',
    message: `${describeRule(rule)} can never match: the earlier ${describeRule(by)} matches every interface that it could match.`,
    hint: 'Move it up, or remove it.',
    ...placeOfRule(rule),
  };
}

export function sectionUnused(rule: RuleSource, guest: string): Problem {
  return {
    level: 'warning',
    code: 'section-unused',
    message: `${describeRule(rule)} names guest ${guest} but matches none of its interfaces.`,
    hint: `Compare the section with \`virsh domiflist ${shellName(guest)}\`.`,
    ...placeOfRule(rule),
    subject: { guest },
  };
}

export function sectionLate(rule: RuleSource, guest: string, by: RuleSource): Problem {
  return {
    level: 'warning',
    code: 'section-late',
    message: `${describeRule(rule)} has no effect for guest ${guest}: the earlier ${describeRule(by)} already matches the interface.`,
    hint: 'Move it up, or remove it.',
    ...placeOfRule(rule),
    subject: { guest },
  };
}

/** A problem that does not concern this guest. */
export function ofOthers(problem: Problem, guest: string): Problem {
  return { ...problem, level: 'warning', hint: `${problem.hint} Guest ${guest} is not affected.` };
}

/** The rule has the `nic` that is the place of the interface, which has no number. */
export function nicWithoutNumber(
  { place, label }: RuleSource,
  guest: string,
  iface: { readonly place: number; readonly alias: string },
): ConfProblem {
  const alias = cutText(iface.alias);
  return {
    level: 'error',
    code: 'nic-without-number',
    place,
    section: label,
    key: 'nic',
    value: String(iface.place),
    message: `no interface of guest ${guest} has this number; the interface at this place has the alias ${alias}`,
    hint: `Use \`alias = ${alias}\` or \`mac\`: libvirt does not number interfaces with an alias of your own.`,
    subject: { guest, nth: iface.place },
  };
}
