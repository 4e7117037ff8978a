import { z } from 'zod';
import { refSchema } from '../fields.ts';
import { minorSchema } from '../money.ts';
import { instantSchema } from '../time.ts';
import { defineRecord, sortableInstant } from './define-record.ts';

/** `unmatched`: typed in where it arrived, before the sender's tablet was heard. `differs`: sent and received amounts are not the same. */
export const CASH_TRANSFER_STATUSES = ['in_transit', 'unmatched', 'arrived', 'differs'] as const;

/**
 * Cash on its way from one location to another (C3, C4). Its id is the number on the slip that goes with the money (`T2-147`), which both
 * ledger lines carry. What was sent and not received is in transit; two amounts are never made equal (case 10).
 */
export const cashTransferSchema = z.strictObject({
  id: refSchema,
  status: z.enum(CASH_TRANSFER_STATUSES),
  methodId: z.string().max(31),
  /** Null until the sender, or the receiver, is heard. */
  fromTillId: refSchema.nullable(),
  toTillId: refSchema.nullable(),
  outMinor: minorSchema.nullable(),
  outAt: instantSchema.nullable(),
  outBy: refSchema.nullable(),
  inMinor: minorSchema.nullable(),
  inAt: instantSchema.nullable(),
  inBy: refSchema.nullable(),
});
export type CashTransfer = z.infer<typeof cashTransferSchema>;

export const cashTransferRecord = defineRecord({
  kind: 'cashTransfer',
  schema: cashTransferSchema,
  project: (transfer) => ({
    parent: transfer.toTillId ?? '',
    status: transfer.status,
    sort: sortableInstant(transfer.outAt ?? transfer.inAt ?? 0),
  }),
});

/** What of a transfer is in neither location: minor units, below zero when more arrived than was sent. Source: C4. */
export function transitMinorOf(transfer: Pick<CashTransfer, 'outMinor' | 'inMinor'>): number {
  return (transfer.outMinor ?? 0) - (transfer.inMinor ?? 0);
}
