import { z } from 'zod';
import { refSchema } from '../fields.ts';
import { dateOnSchema, instantSchema } from '../time.ts';
import { defineRecord } from './define-record.ts';

/** The frozen close of one session, numbered by the server (C11, C12). `hash` is SHA-256 of the canonical JSON of `body`. */
export const zReportSchema = z.strictObject({
  id: refSchema,
  tillId: refSchema,
  sessionId: refSchema,
  number: z.int().min(1),
  businessOn: dateOnSchema,
  issuedAt: instantSchema,
  body: z.record(z.string(), z.json()),
  prevHash: z.string().nullable(),
  hash: z.string().length(64),
});
export type ZReport = z.infer<typeof zReportSchema>;

export const zReportRecord = defineRecord({
  kind: 'zReport',
  schema: zReportSchema,
  ledger: true,
  project: (report) => ({ parent: report.tillId, sort: String(report.number).padStart(8, '0') }),
});
