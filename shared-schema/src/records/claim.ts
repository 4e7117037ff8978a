import { z } from 'zod';
import { refSchema } from '../fields.ts';
import { defineRecord } from './define-record.ts';
import type { Identifier } from './item.ts';

/** Who holds a unique value: one GTIN belongs to one active item (I1). */
export const claimSchema = z.strictObject({ id: refSchema, holderId: refSchema.nullable() });
export type Claim = z.infer<typeof claimSchema>;

export const claimRecord = defineRecord({ kind: 'claim', schema: claimSchema, project: () => ({}) });

/** Id of the claim on an item code; characters an id cannot hold are written as hex. */
export function identifierClaimId({ scheme, value }: Identifier): string {
  return `${scheme}:${value.replaceAll(/[^0-9A-Za-z.:_-]/g, (character) => `%${character.codePointAt(0)?.toString(16) ?? ''}`)}`.slice(
    0,
    96,
  );
}
