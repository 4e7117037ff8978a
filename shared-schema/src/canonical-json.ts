/**
 * RFC 8785 canonical JSON: the one text form that is hashed, chained and compared.
 *
 * ECMAScript's own number and string serialisation is what the RFC prescribes, so only key order (UTF-16 code units) and the
 * refusal of what JSON cannot carry are ours.
 */

/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * Serialises a JSON value per RFC 8785. Members whose value is `undefined` are left out, as `JSON.stringify` does.
 *
 * Throws on anything else that is not JSON: non-finite numbers, lone surrogates, functions, bigint.
 */
export function canonicalJson(value: unknown): string {
  return write(value, STRICT, Number.POSITIVE_INFINITY);
}

/** Deepest nesting that `canonicalJsonAsReceived` writes; no device makes deeper ones (SY3). */
export const CANONICAL_DEPTH_MAX = 64;

/**
 * The same for what a device sent and nobody may understand, so that a mutation that must be quarantined can still be stored and hashed as
 * received (SY9): lone surrogates are written as their escape, and what no honest device can send (numbers beyond all bounds, nesting
 * deeper than `CANONICAL_DEPTH_MAX`) as null. Never throws on what `JSON.parse` answers.
 */
export function canonicalJsonAsReceived(value: unknown): string {
  return write(value, AS_RECEIVED, CANONICAL_DEPTH_MAX);
}

/** How to write what RFC 8785 does not allow. */
interface Style {
  readonly quote: (text: string) => string;
  /** Infinities and NaN. */
  readonly nonFinite: () => string;
}

const STRICT: Style = { quote: quoteStrictly, nonFinite: refuseNonFinite };
const AS_RECEIVED: Style = { quote: JSON.stringify, nonFinite: () => 'null' };

function write(value: unknown, style: Style, depth: number): string {
  switch (typeof value) {
    case 'string':
      return PLAIN.test(value) ? `"${value}"` : style.quote(value);
    case 'number':
      return Number.isFinite(value) ? `${value}` : style.nonFinite();
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null || depth === 0) return 'null';
      return Array.isArray(value) ? writeArray(value, style, depth - 1) : writeObject(value, style, depth - 1);
    default:
      throw new TypeError(`canonical JSON has no ${typeof value}`);
  }
}

function writeArray(items: readonly unknown[], style: Style, depth: number): string {
  let text = '[';
  for (let i = 0; i < items.length; i += 1) text += (i === 0 ? '' : ',') + write(items[i], style, depth);
  return `${text}]`;
}

function writeObject(object: object, style: Style, depth: number): string {
  const members = object as Readonly<Record<string, unknown>>;
  let text = '{';
  for (const { name, quoted } of inOrder(Object.keys(members)) ?? sorted(Object.keys(members), style.quote)) {
    const value = members[name];
    if (value !== undefined) text += (text.length === 1 ? quoted : `,${quoted}`) + write(value, style, depth);
  }
  return `${text}}`;
}

/** A member's name, and the same quoted and with its colon. */
interface Name {
  readonly name: string;
  readonly quoted: string;
}

/** Without a comparator `sort` orders by UTF-16 code units, which is what the RFC asks for, and is several times faster. */
function sorted(names: string[], quote: (text: string) => string): Name[] {
  return names.sort().map((name) => ({ name, quoted: `${quote(name)}:` }));
}

/** A sequence of names met before, and in which order they are written. */
interface Sequence {
  readonly longer: Map<string, Sequence>;
  inOrder: readonly Name[] | null;
}

/**
 * Sorting and quoting names takes longer than everything else, and the objects of a program have few shapes: their orders are remembered, by a walk from name
 * to name. What strangers send must not fill the memory: beyond `SEQUENCES_MAX` all are forgotten, and long names are never kept.
 */
let sequences: Sequence = { longer: new Map(), inOrder: null };
let sequencesCount = 0;
const SEQUENCES_MAX = 5_000;
const KEPT_NAME_MAX = 64;

/** The names in the order they are written in; null where that is not kept. */
function inOrder(names: string[]): readonly Name[] | null {
  let sequence = sequences;
  for (const name of names) {
    const known = sequence.longer.get(name);
    if (!known && (name.length > KEPT_NAME_MAX || !PLAIN.test(name))) return null;
    sequence = known ?? longerSequence(sequence, name);
  }
  sequence.inOrder ??= sorted(names, JSON.stringify);
  return sequence.inOrder;
}

function longerSequence(sequence: Sequence, name: string): Sequence {
  sequencesCount += 1;
  if (sequencesCount > SEQUENCES_MAX) {
    sequences = { longer: new Map(), inOrder: null };
    sequencesCount = 0;
  }
  const longer: Sequence = { longer: new Map(), inOrder: null };
  sequence.longer.set(name, longer);
  return longer;
}

/** Text that stands in JSON as it is: no control characters, quotes, backslashes or surrogates. */
const PLAIN = /^[ !#-[\]-\ud7ff\ue000-\uffff]*$/;

function refuseNonFinite(): string {
  throw new TypeError('canonical JSON has no non-finite numbers');
}

function quoteStrictly(text: string): string {
  if (!text.isWellFormed()) throw new TypeError('canonical JSON has no lone surrogates');
  return JSON.stringify(text);
}
