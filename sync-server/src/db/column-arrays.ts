import type { ColumnType } from './record-columns.ts';

/**
 * Columns of many rows as Postgres arrays in their binary form, for `unnest`. As text, which is what node-postgres sends, every element has to be escaped
 * here and parsed there: that took a fifth of the time of a push.
 */

/** What an array holds. A date travels as text and is cast in the statement. */
export type ArrayType = Exclude<ColumnType, 'date'> | 'bytea';

/** The store cannot hold a value; like SQLSTATE class 22, which it stands for, it says so of the data (SY6). */
export class ValueOutOfRange extends Error {
  readonly code = '22003';

  constructor(type: ArrayType, value: unknown) {
    super(`${typeof value} ${String(value)} is no ${type}`);
    this.name = 'ValueOutOfRange';
  }
}

/** Object ids of the element types (pg_type.dat). */
const OIDS: Readonly<Record<ArrayType, number>> = { boolean: 16, bytea: 17, bigint: 20, text: 25, jsonb: 3802 };
const HEADER_BYTES = 20;

/**
 * The array of these values; null and undefined become NULL. `jsonb` takes JSON values, `bytea` hexadecimal text, `bigint` safe integers.
 * @throws ValueOutOfRange
 */
export function columnArray(type: ArrayType, values: readonly unknown[]): Buffer {
  const encode = ENCODERS[type];
  const writer = new ArrayWriter(type, values.length);
  for (const value of values) {
    if (value === null || value === undefined) writer.addNull();
    else encode(writer, value);
  }
  return writer.bytes();
}

const ENCODERS: Readonly<Record<ArrayType, (writer: ArrayWriter, value: unknown) => void>> = {
  boolean: (writer, value) => {
    if (typeof value !== 'boolean') throw new ValueOutOfRange('boolean', value);
    writer.addByte(value ? 1 : 0);
  },
  bigint: (writer, value) => {
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw new ValueOutOfRange('bigint', value);
    writer.addInt64(value);
  },
  text: (writer, value) => writer.addText(typeof value === 'string' ? value : String(value), ''),
  // The binary form of jsonb is its version and the text.
  jsonb: (writer, value) => writer.addText(JSON.stringify(value), '\u0001'),
  bytea: (writer, value) => {
    if (typeof value !== 'string') throw new ValueOutOfRange('bytea', value);
    writer.addHex(value);
  },
};

/** A one-dimensional array being written: header, then each element behind its length, −1 for NULL. */
class ArrayWriter {
  #buffer: Buffer;
  #at = HEADER_BYTES;

  constructor(type: ArrayType, length: number) {
    this.#buffer = Buffer.allocUnsafe(HEADER_BYTES + length * 16);
    // Dimensions, whether there may be NULLs, element type, length, first index.
    for (const [i, value] of [length === 0 ? 0 : 1, 1, OIDS[type], length, 1].entries()) this.#buffer.writeInt32BE(value, i * 4);
  }

  addNull(): void {
    this.#reserve(4);
    this.#addInt32(-1);
  }

  addByte(value: number): void {
    this.#reserve(5);
    this.#addInt32(1);
    this.#buffer[this.#at] = value;
    this.#at += 1;
  }

  addInt64(value: number): void {
    this.#reserve(12);
    this.#addInt32(8);
    const low = value >>> 0;
    this.#addInt32((value - low) / 4_294_967_296);
    this.#addInt32(low | 0);
  }

  addText(text: string, before: string): void {
    const bytes = before.length + Buffer.byteLength(text);
    this.#reserve(4 + bytes);
    this.#addInt32(bytes);
    if (before !== '') this.#buffer.write(before, this.#at, 'latin1');
    this.#buffer.write(text, this.#at + before.length, 'utf8');
    this.#at += bytes;
  }

  addHex(hex: string): void {
    this.#reserve(4 + hex.length / 2);
    this.#addInt32(hex.length / 2);
    this.#at += this.#buffer.write(hex, this.#at, 'hex');
  }

  bytes(): Buffer {
    // An empty array has no dimensions, so nothing follows its type.
    return this.#buffer.subarray(0, this.#buffer.readInt32BE(0) === 0 ? 12 : this.#at);
  }

  #addInt32(value: number): void {
    this.#at = this.#buffer.writeInt32BE(value, this.#at);
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(this.#buffer.length * 2 + bytes);
    this.#buffer.copy(larger, 0, 0, this.#at);
    this.#buffer = larger;
  }
}
