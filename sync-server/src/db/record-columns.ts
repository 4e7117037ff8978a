import { z } from 'zod';
import { RECORD_KINDS, RECORDS, type RecordKind } from '#schema/records/registry.ts';

/** Postgres types that record fields are stored as. */
export type ColumnType = 'text' | 'bigint' | 'boolean' | 'date' | 'jsonb';

/** One field of a record and its column. */
export interface RecordColumn {
  readonly field: string;
  readonly column: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
}

/** Where a kind of record lives. */
export interface RecordTable {
  readonly kind: RecordKind;
  readonly table: string;
  readonly ledger: boolean;
  /** In the order of the schema, which is the order of a snapshot's values; `id` first. */
  readonly columns: readonly RecordColumn[];
}

/**
 * Tables and columns follow from the record schemas: `cashSession` → `cash_sessions`, `floatMinor` → `float_minor bigint`, `…On` → date, objects and
 * arrays → jsonb. A test compares this with the database's catalogue, so a schema change without its migration fails.
 */
export const RECORD_TABLES: Readonly<Record<RecordKind, RecordTable>> = Object.fromEntries(
  RECORD_KINDS.map((kind) => [kind, tableOf(kind)]),
) as Record<RecordKind, RecordTable>;

function tableOf(kind: RecordKind): RecordTable {
  const definition = RECORDS[kind];
  const fields: [string, z.core.$ZodType][] = Object.entries(definition.schema.shape);
  const columns = fields.map(([field, schema]) => columnOf(field, schema));
  const id = columns.filter(({ field }) => field === 'id');
  return {
    kind,
    table: pluralOf(toSnake(kind)),
    ledger: definition.ledger,
    columns: [...id, ...columns.filter(({ field }) => field !== 'id')],
  };
}

function columnOf(field: string, schema: z.core.$ZodType): RecordColumn {
  const { inner, nullable } = unwrap(schema);
  return { field, column: toSnake(field), type: typeOf(field, inner), nullable };
}

function unwrap(schema: z.core.$ZodType): { inner: z.core.$ZodType; nullable: boolean } {
  if (schema instanceof z.ZodNullable) return { inner: unwrap(schema.unwrap()).inner, nullable: true };
  return { inner: schema, nullable: false };
}

function typeOf(field: string, schema: z.core.$ZodType): ColumnType {
  if (schema instanceof z.ZodNumber) return 'bigint';
  if (schema instanceof z.ZodBoolean) return 'boolean';
  if (schema instanceof z.ZodObject || schema instanceof z.ZodArray || schema instanceof z.ZodRecord) return 'jsonb';
  if (/On$/.test(field)) return 'date';
  if (
    schema instanceof z.ZodString ||
    schema instanceof z.ZodEnum ||
    schema instanceof z.ZodLiteral ||
    schema instanceof z.ZodStringFormat
  )
    return 'text';
  throw new Error(`no column type for ${field}`);
}

function toSnake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Plurals of the kinds there are; totals already are one. */
function pluralOf(name: string): string {
  return name.endsWith('s') ? name : `${name}s`;
}
