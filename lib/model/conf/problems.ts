import { cutText } from '../../text/cut_text';
import type { MetadataProblem } from '../guest/domain';
import type { Problem } from '../problem';
import type { ProblemCode } from '../problem_code';
import type { Vid } from '../vlan/vid';
import type { ConfProblem } from './conf_problem';
import type { IniEntry, IniFault } from './ini_lines';
import { nearest } from './keys';

// What is said about a problem of a conf file or of a guest's metadata. All sentences of this folder are in this file.
// Only what a key allows, what is wrong with its text, and what happens meanwhile is in the tables of keys.

/** Where a problem is: a line, and its section, key and value, as far as it has them. */
export type Where = Pick<ConfProblem, 'place' | 'section' | 'key' | 'value'>;

/** The line of a key. */
type WhereKey = Where & { readonly key: string; readonly value: string };

/** A problem between the keys of a wish: the key, why, and what to do. */
export interface WishFault {
  readonly key: string;
  readonly message: string;
  readonly hint: string;
}

// Files, and their lines, sections and keys.

export function missingConf(file: string): Problem {
  return {
    level: 'warning',
    code: 'missing-conf',
    message: `there is no conf file ${file}.`,
    hint: 'It counts as empty. Create it, or name the folder of the hooks with --root.',
    place: { file, line: 0 },
  };
}

export function lineProblem(at: Where, fault: IniFault): ConfProblem {
  const { code, text } = fault;
  switch (code) {
    case 'indented-header':
      return error(
        code,
        at,
        `"${text}" is indented, so it was read as a continuation of the value above it`,
        'Begin every section at the left margin.',
      );
    case 'broken-header':
      return error(
        code,
        at,
        `"${text}" is not a complete [section]`,
        'Write the name between [ and ], for example `[veth0]`.',
      );
    case 'text-behind-header':
      return error(
        code,
        at,
        `"${text}" is on the same line as [${fault.header}] and would be ignored`,
        'Put it on a line of its own, below the header.',
      );
    case 'no-key':
      return error(
        code,
        at,
        `"${text}" is neither a [section] nor a key = value`,
        'Write `key = value`, or put # before a comment.',
      );
  }
}

/** @param line that of the earlier section */
export function doubledSection(at: Where, line: number): ConfProblem {
  const message = `line ${line} already has a section with this name`;
  return error('duplicate-section', at, message, 'Merge the two, or rename one of them.');
}

/** @param line that of the earlier key */
export function doubledKey(at: WhereKey, line: number): ConfProblem {
  const message = `this section already has the key at line ${line}`;
  return error('duplicate-key', at, message, 'Remove one of the two.');
}

export function keyBeforeSection(at: WhereKey): ConfProblem {
  const hint = 'Put a header before it: `[DEFAULT]`, or that of the section it belongs to.';
  return error('key-before-section', at, 'the line is before the first section', hint);
}

/** @param before the key whose value has swallowed the line */
export function indentedKey(at: Where, text: string, before: string): ConfProblem {
  const message = `"${text}" is indented, so it was read as a continuation of ${before}`;
  return error('indented-key', at, message, 'Begin every key at the left margin.');
}

export function unknownKey(at: WhereKey, known: readonly string[]): ConfProblem {
  const hint = didYouMean(at.key, known) ?? 'Remove the line, or put # before it.';
  return { ...error('unknown-key', at, 'unknown key', hint), allowed: known.join(', ') };
}

/** Python reads it as part of the value: the section would then be for a guest with that name, which does not exist. */
export function commentInValue(at: WhereKey, comment: string, isPattern: boolean): ConfProblem {
  const message = `"${comment}" is not a comment here: it would be part of the value`;
  const fix = 'Put the comment on a line of its own.';
  const asPattern = at.value.replace(/\s(?=[#;])/g, '[$&]');
  const hint = isPattern ? `${fix} For a name that contains it, write \`${asPattern}\`.` : fix;
  return error('comment-in-value', at, message, hint);
}

/** @param meanwhile what happens until the line is corrected */
export function wrongValue(at: WhereKey, wrong: string, allowed: string, meanwhile: string): ConfProblem {
  return { ...error('wrong-value', at, wrong, `Correct the line; until then ${meanwhile}.`), allowed };
}

/** @param above the line of [DEFAULT] */
export function emptyOverDefault(at: Where, above: IniEntry): ConfProblem {
  return error(
    'empty-value',
    at,
    `it is empty, but [DEFAULT] sets \`${above.key} = ${above.value}\` at line ${above.line}`,
    'Write the value that you want, or remove the line to inherit the value of [DEFAULT].',
  );
}

/** The same problem in [DEFAULT], where no section inherits it. */
export function inheritedByNone(problem: ConfProblem): ConfProblem {
  return { ...problem, level: 'warning', hint: `${problem.hint} No section inherits it now.` };
}

// Keys that have no meaning together.

export function conflictingKeys(at: Where, { message, hint }: WishFault): ConfProblem {
  return error('conflicting-keys', at, message, hint);
}

export function metadataInSection(at: Where): ConfProblem {
  return error('conflicting-keys', at, 'has no meaning in a section', 'Move the line to [DEFAULT].');
}

export function emptyCondition(at: Where): ConfProblem {
  const message = 'it is empty, so it does not say which interfaces the section matches';
  return error('empty-value', at, message, 'Write the value, or remove the line.');
}

export function noTrunkPort(at: Where): ConfProblem {
  const hint = 'Add `trunk-port = <interface>` or remove the line.';
  return error('no-trunk-port', at, 'the section has no trunk-port', hint);
}

export function alwaysWithoutAuto(at: Where): ConfProblem {
  const hint = 'Add the VLANs to trunk-tags, or write `trunk-tags = auto`.';
  return error('conflicting-keys', at, 'has no meaning without trunk-tags = auto', hint);
}

/** @param mode undefined: none is given */
export function meaningless(key: string, mode: string | undefined): WishFault {
  const message =
    mode === undefined ? 'has no meaning without mode = trunk' : `has no meaning in mode ${mode}`;
  if (key === 'native') return { key, message, hint: 'Write `pvid = …`, or add `mode = trunk`.' };
  const hint =
    key === 'pvid' && mode === 'trunk'
      ? 'Write `native = …` for the VLAN of untagged frames, or remove it.'
      : 'Remove it, or choose another mode.';
  return { key, message, hint };
}

export function taggedAndUntagged(vid: Vid): WishFault {
  const hint = 'A VLAN leaves a port either tagged or untagged: remove it from one of the two.';
  return { key: 'untagged', message: `VID ${vid} is also in tagged`, hint };
}

// A guest's metadata.

/** Why none of the elements in a list counts. */
export function unreadMetadata(
  at: Where,
  problem: MetadataProblem,
  { list, element }: { readonly list: string; readonly element: string },
): ConfProblem {
  switch (problem.code) {
    case 'too-long':
      return error(
        'metadata-too-long',
        at,
        `the element is longer than ${problem.limit} characters`,
        `Keep only <${element}> elements in it, one per interface.`,
      );
    case 'too-many':
      return error(
        'metadata-too-many',
        at,
        `it has more than ${problem.limit} elements`,
        `Keep one <${element}> per interface.`,
      );
    case 'unknown-element':
      return error(
        'unknown-element',
        at,
        `the outer element is <${shortName(problem.element)}>, not <${list}>`,
        `Rename it to <${list}> with \`virsh metadata\`.`,
      );
    case 'twice':
      return error(
        'metadata-twice',
        at,
        `there is a second <${list}> element`,
        `Put all <${element}> elements into one.`,
      );
  }
}

export function tooManyWrong(at: Where, limit: number): ConfProblem {
  const message = `more than ${limit} elements are wrong`;
  return error('metadata-too-many', at, message, 'Correct the others first.');
}

export function unknownElement(at: Where, element: string, allowed: string): ConfProblem {
  const hint = `Only <${allowed}> elements are allowed here.`;
  return error('unknown-element', at, `unknown element <${shortName(element)}>`, hint);
}

export function wrongAttribute(at: Where, wrong: string, allowed: string): ConfProblem {
  const hint = 'Correct it with `virsh metadata` or `virsh edit`.';
  return { ...error('wrong-value', at, wrong, hint), allowed };
}

/** @param unknown at least one */
export function unknownAttributes(
  at: Where,
  unknown: readonly string[],
  known: readonly string[],
): ConfProblem {
  const shown = unknown.slice(0, 5).map(shortName);
  const more = unknown.length > shown.length ? ` and ${unknown.length - shown.length} more` : '';
  const message = `unknown attribute${unknown.length > 1 ? 's' : ''} ${shown.join(', ')}${more}`;
  const hint = didYouMean(unknown[0] ?? '', known) ?? 'Remove the attribute.';
  return { ...error('unknown-key', at, message, hint), allowed: known.join(', ') };
}

export function noSelector(at: Where): ConfProblem {
  return error('no-selector', at, 'it selects no interface', "Add nic='0', mac='…' or alias='…'.");
}

/** A name from a guest's XML, as it is shown. */
export function shortName(name: string): string {
  return cutText(name, 40);
}

function didYouMean(word: string, known: readonly string[]): string | null {
  const near = nearest(word, known);
  return near === null ? null : `Did you mean \`${near}\`?`;
}

function error(code: ProblemCode, at: Where, message: string, hint: string): ConfProblem {
  return { level: 'error', code, ...at, message, hint };
}
