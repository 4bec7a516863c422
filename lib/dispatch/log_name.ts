import type { HookCall } from '../model/libvirt/hook_call';
import { fingerprint } from './fingerprint';
import { phaseName } from '../model/libvirt/phases';
import type { Script } from './list_scripts';

/** The maximum length of a file name. */
const MAX_BYTES = 255;
/** The part of it that the script's name may use if both names are long. */
const MAX_SCRIPT_BYTES = 120;

/**
 * The name of a script's log: `<driver>_<operation>_<sub>_<object>_<script>.log`. The script is without its
 * extension, unless another script of the call would then share the log. Letters, digits and `. _ + @ = -` of the
 * object are kept, all else is percent-encoded; also an `_` if the name would otherwise be the log of another object
 * and script. A name that is too long ends in a hash of the whole.
 *
 * @param object the object's bytes: libvirt's own argument need not be UTF-8
 */
export function logName(call: HookCall, object: Buffer, script: Script, siblings: readonly Script[]): string {
  const labels = labelsOf(call.driver, [script, ...siblings.filter((other) => other !== script)]);
  const own = labels.get(script) ?? script.name;
  if (call.driver === 'daemon') return fit(`${phaseName(call)}_`, own, '.log');
  const isAmbiguous = [...labels.values()].some((label) => label.endsWith(`_${own}`));
  const encoded = encode(object, isAmbiguous);
  const name = `${phaseName(call)}_${encoded}_${own}.log`;
  if (Buffer.byteLength(name) <= MAX_BYTES) return name;
  const rest = `_${fit('', own, '.log', MAX_SCRIPT_BYTES)}`;
  return fit(`${phaseName(call)}_`, encoded, rest);
}

/** The part of each script in the name of its log. A skipped script has no log. */
function labelsOf(driver: string, [own, ...others]: readonly [Script, ...Script[]]): Map<Script, string> {
  const scripts = [own, ...others.filter(({ skip }) => skip === null)];
  const whole = new Set<Script>();
  const label = (script: Script): string => {
    const name = whole.has(script) ? script.name : script.stem;
    return script.layout === 'guest' ? `${driver}.d.${name}` : name;
  };
  // An extension may make a name that another script has without one.
  for (let before = -1; whole.size > before;) {
    before = whole.size;
    const byLabel = new Map<string, Script[]>();
    for (const script of scripts) byLabel.set(label(script), [...(byLabel.get(label(script)) ?? []), script]);
    for (const shared of byLabel.values())
      if (shared.length > 1) shared.forEach((script) => whole.add(script));
  }
  return new Map(scripts.map((script) => [script, label(script)]));
}

/** Joins the three parts. If the result is too long, the middle part is cut and ends in a hash of all of it. */
function fit(before: string, middle: string, after: string, bytes = MAX_BYTES): string {
  const whole = `${before}${middle}${after}`;
  if (Buffer.byteLength(whole) <= bytes) return whole;
  const hash = `~${fingerprint(Buffer.from(middle))}`;
  return `${before}${cut(middle, bytes - Buffer.byteLength(`${before}${hash}${after}`))}${hash}${after}`;
}

function encode(object: Buffer, isAmbiguous: boolean): string {
  const text = object.toString('utf8');
  // A name that is not UTF-8 is encoded byte by byte, so that two names never share a log.
  if (!Buffer.from(text, 'utf8').equals(object)) return [...object].map(encodeByte).join('');
  return [...text].map((char) => (isPlain(char, isAmbiguous) ? char : encodeChar(char))).join('');
}

function isPlain(char: string, isAmbiguous: boolean): boolean {
  return /^[\p{L}\p{N}.+@=-]$/u.test(char) || (char === '_' && !isAmbiguous);
}

function encodeChar(char: string): string {
  return [...Buffer.from(char)].map((byte) => percent(byte)).join('');
}

function encodeByte(byte: number): string {
  const char = String.fromCharCode(byte);
  return /^[A-Za-z0-9.-]$/.test(char) ? char : percent(byte);
}

function percent(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

/** At most `bytes` bytes of a name, without splitting a letter or a %XX. */
function cut(name: string, bytes: number): string {
  let text = '';
  for (const part of name.match(/%[0-9A-F]{2}|./gsu) ?? []) {
    if (Buffer.byteLength(text + part) > bytes) break;
    text += part;
  }
  return text;
}
