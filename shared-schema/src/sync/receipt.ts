import { z } from 'zod';

/**
 * Verdicts (SY10): `applied`; `flagged`, a fact kept with an exception for the manager; `merged`, a decision some of whose fields met a
 * conflict; `refused`, decisions only; `quarantined`, kept as received because it could not be judged.
 */
export const VERDICTS = ['applied', 'flagged', 'merged', 'refused', 'quarantined'] as const;
export const verdictSchema = z.enum(VERDICTS);
export type Verdict = z.infer<typeof verdictSchema>;

/** A field two people changed: what was there, what was wanted, what is there now. */
export const fieldConflictSchema = z.strictObject({ field: z.string(), base: z.json(), mine: z.json(), theirs: z.json() });
export type FieldConflict = z.infer<typeof fieldConflictSchema>;

/** The server's stored answer to one mutation. */
export const receiptSchema = z.strictObject({
  n: z.int().min(1),
  verdict: verdictSchema,
  /** Tenant seq of what it wrote; null when it wrote nothing. */
  seq: z.int().nullable(),
  /** Flag codes in order of precedence, the refusal code, or why it was quarantined. */
  codes: z.array(z.string()),
  details: z.record(z.string(), z.json()),
  conflicts: z.array(fieldConflictSchema),
});
export type Receipt = z.infer<typeof receiptSchema>;
