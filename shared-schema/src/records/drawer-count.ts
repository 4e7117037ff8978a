import { z } from 'zod';
import { denominationCountSchema } from '../domain/denominations.ts';
import { refSchema } from '../fields.ts';
import { nonNegativeMinorSchema } from '../money.ts';
import { instantSchema } from '../time.ts';
import { defineRecord } from './define-record.ts';

/** What was counted per method: for cash by denominations, or an amount alone. */
export const methodCountSchema = z.strictObject({
  methodId: z.string().max(31),
  countedMinor: nonNegativeMinorSchema,
  denominations: z.array(denominationCountSchema).max(40).nullable(),
});
export type MethodCount = z.infer<typeof methodCountSchema>;

/** One count attempt of a drawer; sealed, never changed, a recount is attempt n+1 (C7). */
export const drawerCountSchema = z.strictObject({
  id: refSchema,
  sessionId: refSchema,
  attempt: z.int().min(1),
  counts: z.array(methodCountSchema).min(1).max(20),
  countedBy: refSchema,
  countedAt: instantSchema,
  blind: z.boolean(),
});
export type DrawerCount = z.infer<typeof drawerCountSchema>;

export const drawerCountRecord = defineRecord({
  kind: 'drawerCount',
  schema: drawerCountSchema,
  ledger: true,
  project: (count) => ({ parent: count.sessionId, sort: String(count.attempt).padStart(6, '0') }),
});

/** Names a count by its session and attempt, so that every attempt can be read by key. */
export function drawerCountIdOf(sessionId: string, attempt: number): string {
  return `count~${sessionId}~${attempt}`;
}
