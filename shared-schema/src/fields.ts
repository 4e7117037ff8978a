import { z } from 'zod';
import { recordIdSchema } from './ids.ts';

/**
 * Field schemas that records and mutations share. Their names end as the fields do (`…At`, `…On`, `…Minor`, `…Units`),
 * which is also how the server picks a column type.
 */

/** Longest name or label. */
export const NAME_LENGTH_MAX = 200;
/** Longest free text somebody types. */
export const NOTE_LENGTH_MAX = 1_000;

/** Non-empty label. */
export const nameSchema = z.string().trim().min(1).max(NAME_LENGTH_MAX);
/** Free text; may be empty. */
export const noteSchema = z.string().max(NOTE_LENGTH_MAX);
/** Short code printed or typed by people: lot text, bag number, receipt number. */
export const codeSchema = z.string().trim().min(1).max(64);
/** Reference to another record. */
export const refSchema = recordIdSchema;
/** How sure we are of an instant, in milliseconds; null is not at all (I7). */
export const uncertaintySchema = z.int().min(0).nullable();
