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
  return write(value, quoteStrictly);
}

/**
 * The same for what a device sent and nobody may understand: lone surrogates are written as their escape, so that a mutation
 * that must be quarantined can still be stored and hashed as received (SY9).
 */
export function canonicalJsonAsReceived(value: unknown): string {
  return write(value, JSON.stringify);
}

type Quote = (text: string) => string;

function write(value: unknown, quote: Quote): string {
  switch (typeof value) {
    case 'string':
      return quote(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError('canonical JSON has no non-finite numbers');
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? writeArray(value, quote) : writeObject(value, quote);
    default:
      throw new TypeError(`canonical JSON has no ${typeof value}`);
  }
}

function writeArray(items: readonly unknown[], quote: Quote): string {
  let text = '[';
  for (let i = 0; i < items.length; i += 1) text += (i === 0 ? '' : ',') + write(items[i], quote);
  return `${text}]`;
}

function writeObject(object: object, quote: Quote): string {
  const members = Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1));
  let text = '{';
  for (const [name, value] of members) {
    if (value !== undefined) text += `${text.length === 1 ? '' : ','}${quote(name)}:${write(value, quote)}`;
  }
  return `${text}}`;
}

function quoteStrictly(text: string): string {
  if (!text.isWellFormed()) throw new TypeError('canonical JSON has no lone surrogates');
  return JSON.stringify(text);
}
