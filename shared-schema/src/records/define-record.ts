import type { z } from 'zod';

/** What a list of a kind is looked up and ordered by; computed from the body, never stored by the server. */
export interface Projection {
  /** Id of the record this one hangs under, or ''. */
  readonly parent: string;
  /** Status word, or ''. */
  readonly status: string;
  /** Text whose code-unit order is the list's order. */
  readonly sort: string;
}

/**
 * Definition of a kind of record.
 *
 * Bodies have no optional members: what is not there is `null`, so that a body read back from typed columns equals,
 * byte for byte, the body that was written.
 */
export interface RecordDefinition<Kind extends string, Schema extends z.ZodObject> {
  readonly kind: Kind;
  readonly schema: Schema;
  /** A ledger's records are only ever inserted; enforced by the database and by the one door. */
  readonly ledger: boolean;
  /**
   * For ledgers too long to be kept whole on every device: the instant by which months are cut. Devices hold the months since the one the server
   * names (SY17), and digests are kept by month (SY18).
   */
  readonly monthsBy: string | null;
  /** For ledgers that a mutation may read a stretch of: all of one parent since an instant (decision 0003). */
  readonly range: { readonly parentField: string; readonly sinceField: string } | null;
  readonly project: (body: z.infer<Schema>) => Projection;
}

/** Declares a kind; `ledger`, `monthsBy` and `range` default to none. */
export function defineRecord<const Kind extends string, Schema extends z.ZodObject>(definition: {
  kind: Kind;
  schema: Schema;
  ledger?: boolean;
  monthsBy?: keyof z.infer<Schema> & string;
  range?: { parentField: keyof z.infer<Schema> & string; sinceField: keyof z.infer<Schema> & string };
  project: (body: z.infer<Schema>) => Partial<Projection>;
}): RecordDefinition<Kind, Schema> {
  return {
    kind: definition.kind,
    schema: definition.schema,
    ledger: definition.ledger ?? false,
    monthsBy: definition.monthsBy ?? null,
    range: definition.range ?? null,
    project: (body) => ({ parent: '', status: '', sort: '', ...definition.project(body) }),
  };
}

/** An instant as text that sorts in time order. */
export function sortableInstant(atMs: number): string {
  return String(atMs).padStart(13, '0');
}
