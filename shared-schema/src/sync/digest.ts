import { canonicalJson } from '../canonical-json.ts';
import { RECORDS, type RecordKind } from '../records/registry.ts';
import type { Stored } from '../working-set.ts';

/**
 * The digest by which a server and its devices find out that they do not hold the same records (SY18).
 *
 * Every record has a 64-bit hash of its kind and canonical body; a bucket's sum is the sum of the hashes of its records modulo 2^64. A bucket is a kind,
 * or one month of a ledger that devices hold only in part. Sums do not depend on order, and a changed record costs a subtraction and an addition, so
 * both sides keep them as they write. It finds faults, not forgers: that is what the audit chain is for.
 *
 * 64-bit numbers are pairs of unsigned 32-bit halves here: BigInt arithmetic is several times slower.
 */

/** Bucket → sum as 16 hex digits; buckets whose sum is zero are left out. */
export type DigestSums = Readonly<Record<string, string>>;

/** The sum of nothing. */
export const EMPTY_SUM = '0'.repeat(16);

/** First month of the long ledgers that a device holds, `YYYY-MM`. */
export type Month = string;

/** The UTC month an instant lies in; instants beyond the calendar count as its first or last month. */
export function monthOf(atMs: number): Month {
  const date = new Date(Math.min(Math.max(atMs, 0), LAST_INSTANT));
  const month = date.getUTCMonth() + 1;
  // Asked of every line of a long ledger: `toISOString` takes several times as long.
  return `${date.getUTCFullYear()}-${month < 10 ? '0' : ''}${month}`;
}

/** 9999-12-31T23:59:59.999Z. */
const LAST_INSTANT = 253_402_300_799_999;

/** First instant of a month. */
export function monthStart(month: Month): number {
  return Date.parse(`${month}-01T00:00:00Z`);
}

/** The month of a long ledger that a record belongs to; null for records of other kinds. */
export function ledgerMonthOf({ kind, body }: Stored): Month | null {
  const field = RECORDS[kind].monthsBy;
  return field === null ? null : monthOf(Number((body as Readonly<Record<string, unknown>>)[field]));
}

/** Sums that are kept up to date as records come and change. */
export class Digest {
  readonly #sums = new Map<string, Sum64>();

  constructor(sums: DigestSums = {}) {
    for (const [bucket, hex] of Object.entries(sums)) this.#sums.set(bucket, sumOfHex(hex));
  }

  add(stored: Stored): void {
    this.#change(stored, plus);
  }

  /** Takes away a record as it was. */
  remove(stored: Stored): void {
    this.#change(stored, minus);
  }

  /** What was added, less what was removed. */
  sums(): DigestSums {
    const known = [...this.#sums].filter(([, { hi, lo }]) => hi !== 0 || lo !== 0);
    return Object.fromEntries(known.map(([bucket, sum]) => [bucket, hexOfSum(sum)]));
  }

  #change(stored: Stored, change: (a: Sum64, b: Sum64) => Sum64): void {
    const bucket = bucketOf(stored);
    const hash = hash64(`${stored.kind}/${canonicalJson(stored.body)}`);
    this.#sums.set(bucket, change(this.#sums.get(bucket) ?? ZERO, hash));
  }
}

/** What is compared: the sum over the buckets of some kinds, long ledgers from a month on. */
export function digestOf(sums: DigestSums, kinds: readonly RecordKind[], ledgersFrom: Month): string {
  const wanted: ReadonlySet<string> = new Set(kinds);
  let total = ZERO;
  for (const [bucket, hex] of Object.entries(sums)) {
    const [kind = '', month] = bucket.split(' ');
    if (wanted.has(kind) && (month === undefined || month >= ledgersFrom)) total = plus(total, sumOfHex(hex));
  }
  return hexOfSum(total);
}

/** Two sets of sums added bucket by bucket. */
export function addSums(a: DigestSums, b: DigestSums): DigestSums {
  const buckets = new Set([...Object.keys(a), ...Object.keys(b)]);
  const added = [...buckets].map((bucket) => [bucket, hexOfSum(plus(sumIn(a, bucket), sumIn(b, bucket)))] as const);
  return Object.fromEntries(added.filter(([, sum]) => sum !== EMPTY_SUM));
}

/** `a` less `b`, bucket by bucket: empty when they are the same. */
export function subtractSums(a: DigestSums, b: DigestSums): DigestSums {
  const buckets = new Set([...Object.keys(a), ...Object.keys(b)]);
  const left = [...buckets].map((bucket) => [bucket, hexOfSum(minus(sumIn(a, bucket), sumIn(b, bucket)))] as const);
  return Object.fromEntries(left.filter(([, sum]) => sum !== EMPTY_SUM));
}

function bucketOf(stored: Stored): string {
  const month = ledgerMonthOf(stored);
  return month === null ? stored.kind : `${stored.kind} ${month}`;
}

/** An unsigned 64-bit number. */
interface Sum64 {
  readonly hi: number;
  readonly lo: number;
}

const ZERO: Sum64 = { hi: 0, lo: 0 };

function plus(a: Sum64, b: Sum64): Sum64 {
  const lo = a.lo + b.lo;
  return { hi: (a.hi + b.hi + (lo > 0xffff_ffff ? 1 : 0)) >>> 0, lo: lo >>> 0 };
}

function minus(a: Sum64, b: Sum64): Sum64 {
  return { hi: (a.hi - b.hi - (a.lo < b.lo ? 1 : 0)) >>> 0, lo: (a.lo - b.lo) >>> 0 };
}

function sumIn(sums: DigestSums, bucket: string): Sum64 {
  return sumOfHex(sums[bucket] ?? EMPTY_SUM);
}

function hexOfSum({ hi, lo }: Sum64): string {
  return hi.toString(16).padStart(8, '0') + lo.toString(16).padStart(8, '0');
}

function sumOfHex(hex: string): Sum64 {
  return { hi: Number.parseInt(hex.slice(0, 8), 16), lo: Number.parseInt(hex.slice(8), 16) };
}

/**
 * MurmurHash3 (public domain, A. Appleby) in the form of two 32-bit lanes that feed each other, over the text's UTF-16 code units, two at a time.
 * SHA-256 in JavaScript takes ten times as long, and a tablet hashes 100,000 records when it loads them.
 */
function hash64(text: string): Sum64 {
  const { length } = text;
  let a = 0x9747_b28c;
  let b = 0x85eb_ca6b;
  for (let i = 0; i < length; i += 2) {
    const block = text.charCodeAt(i) | ((i + 1 < length ? text.charCodeAt(i + 1) : 0) << 16);
    a ^= Math.imul(rotate(Math.imul(block, 0x239b_961b), 15), 0xab0e_9789);
    a = (Math.imul(rotate(a, 19) + b, 5) + 0x561c_cd1b) | 0;
    b ^= Math.imul(rotate(Math.imul(block, 0x38b3_4ae5), 17), 0xa1e3_8b93);
    b = (Math.imul(rotate(b, 13) + a, 5) + 0x0bca_a747) | 0;
  }
  a = mix((a ^ length) + b);
  b = mix((b ^ length) + a);
  return { hi: (a + b) >>> 0, lo: b >>> 0 };
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

/** Lets every bit reach every other. */
function mix(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x85eb_ca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2_ae35);
  return mixed ^ (mixed >>> 16);
}
