import { z } from 'zod';
import { vatRateBpSchema } from '../domain/line-amount.ts';
import { nameSchema, refSchema } from '../fields.ts';
import { nonNegativeMinorSchema } from '../money.ts';
import { instantSchema } from '../time.ts';
import { defineRecord } from './define-record.ts';
import { editsSchema } from './field-edit.ts';

/** How strictly dispensing is controlled. */
export const SCHEDULES = ['none', 'list_1', 'list_2', 'secured', 'narcotic'] as const;
export const scheduleSchema = z.enum(SCHEDULES);

/** Code schemes an item may carry (I1). A GTIN is stored as 14 digits. */
export const IDENTIFIER_SCHEMES = ['gtin', 'cip7', 'pzn', 'pip', 'ndc', 'local'] as const;
export const identifierSchema = z.strictObject({ scheme: z.enum(IDENTIFIER_SCHEMES), value: z.string().min(1).max(40) });
export type Identifier = z.infer<typeof identifierSchema>;

/** What a person may enter about an item; the same shape is imported, added and edited. */
export const itemFieldsSchema = z.strictObject({
  name: nameSchema,
  form: z.string().max(200),
  route: z.string().max(200),
  substances: z.string().max(500),
  strength: z.string().max(500),
  packLabel: z.string().max(300),
  /** Base units in one pack. */
  unitsPerPack: z.int().min(1).max(100_000),
  atc: z.string().max(10),
  schedule: scheduleSchema,
  coldChain: z.boolean(),
  identifiers: z.array(identifierSchema).max(20),
  /** Price of one pack including VAT; null asks at the first sale and remembers. */
  packPriceMinor: nonNegativeMinorSchema.nullable(),
  packCostMinor: nonNegativeMinorSchema.nullable(),
  /** Null takes the shop's default. */
  vatRateBp: vatRateBpSchema.nullable(),
  holder: z.string().max(200),
});
export type ItemFields = z.infer<typeof itemFieldsSchema>;

/** A product the pharmacy holds (I1). */
export const itemSchema = itemFieldsSchema.extend({
  id: refSchema,
  status: z.enum(['active', 'archived']),
  createdAt: instantSchema,
  priceSetAt: instantSchema.nullable(),
  edits: editsSchema,
});
export type Item = z.infer<typeof itemSchema>;

export const itemRecord = defineRecord({
  kind: 'item',
  schema: itemSchema,
  project: (item) => ({ status: item.status, sort: item.name.toLowerCase().slice(0, 80) }),
});
