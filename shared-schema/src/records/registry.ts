import type { z } from 'zod';
import { cashMovementRecord } from './cash-movement.ts';
import { cashSessionRecord, cashTotalsRecord } from './cash-session.ts';
import { cashTransferRecord } from './cash-transfer.ts';
import { claimRecord } from './claim.ts';
import { deviceRecord } from './device.ts';
import { drawerCountRecord } from './drawer-count.ts';
import { exceptionRecord } from './exception.ts';
import { itemRecord } from './item.ts';
import { lotRecord } from './lot.ts';
import { memberRecord } from './member.ts';
import { reconciliationRecord } from './reconciliation.ts';
import { saleRecord } from './sale.ts';
import { shopRecord } from './shop.ts';
import { stockCountLineRecord, stockCountRecord } from './stock-count.ts';
import { stockMovementRecord } from './stock-movement.ts';
import { tillRecord } from './till.ts';
import { zReportRecord } from './z-report.ts';

/**
 * Kind → definition: the only list of record kinds.
 * The order is the order of a snapshot: what a new tablet needs to start working comes first (SY17).
 */
export const RECORDS = {
  shop: shopRecord,
  member: memberRecord,
  device: deviceRecord,
  till: tillRecord,
  cashSession: cashSessionRecord,
  cashTotals: cashTotalsRecord,
  cashTransfer: cashTransferRecord,
  item: itemRecord,
  lot: lotRecord,
  claim: claimRecord,
  exception: exceptionRecord,
  reconciliation: reconciliationRecord,
  stockCount: stockCountRecord,
  stockCountLine: stockCountLineRecord,
  drawerCount: drawerCountRecord,
  zReport: zReportRecord,
  sale: saleRecord,
  cashMovement: cashMovementRecord,
  stockMovement: stockMovementRecord,
} as const;

/** Name of a kind of record. */
export type RecordKind = keyof typeof RECORDS;
/** Body of a record of a kind. */
export type RecordBody<Kind extends RecordKind> = z.infer<(typeof RECORDS)[Kind]['schema']>;
/** Body of a record of any kind. */
export type AnyRecordBody = RecordBody<RecordKind>;

/** All kinds in snapshot order. */
export const RECORD_KINDS = Object.keys(RECORDS).filter(isRecordKind);

/** Whether a text names a kind. */
export function isRecordKind(kind: string): kind is RecordKind {
  return Object.hasOwn(RECORDS, kind);
}
