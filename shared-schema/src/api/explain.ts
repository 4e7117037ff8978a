import { z } from 'zod';
import { deviceIdSchema } from '../ids.ts';
import { instantSchema } from '../time.ts';

/** Most records one question may name. */
export const EXPLAIN_REFS_MAX = 20;
/** Most acts one answer names, the newest. */
export const EXPLAIN_ACTS_MAX = 50;

/**
 * `POST /api/explain`: who changed the records that an act is about (SY23). `since` is the seq its maker saw, 0 when that is not known. What is asked about may not have
 * reached the server yet.
 */
export const explainRequestSchema = z.strictObject({
  deviceId: deviceIdSchema,
  n: z.int().min(1),
  /** Records as `kind/id`. */
  refs: z.array(z.string().min(3).max(160)).min(1).max(EXPLAIN_REFS_MAX),
  since: z.int().min(0),
});
export type ExplainRequest = z.infer<typeof explainRequestSchema>;

/** Somebody's act that wrote one of the records. */
export const otherActSchema = z.strictObject({
  deviceId: z.string().nullable(),
  n: z.int().nullable(),
  actorId: z.string().nullable(),
  action: z.string(),
  /** When the server sealed it, and when it was made by the device's clock. */
  at: instantSchema,
  deviceAt: instantSchema.nullable(),
  /** Which of the records asked for it wrote. */
  refs: z.array(z.string()),
  /** Fields it changed, for edits field by field; empty for other acts. */
  fields: z.array(z.string()),
});
export type OtherAct = z.infer<typeof otherActSchema>;

export const explainResponseSchema = z.strictObject({
  /** The act as the server holds it under this number; null when it has none, or none that can be read. */
  held: z
    .strictObject({ name: z.string(), actorId: z.string(), madeAt: instantSchema, args: z.record(z.string(), z.json()) })
    .nullable(),
  /** Newest first; acts after the one in question and acts of its own device's same number are left out. */
  others: z.array(otherActSchema),
});
export type ExplainResponse = z.infer<typeof explainResponseSchema>;
