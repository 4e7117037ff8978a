import { makerOf } from '../ids.ts';
import type { Device } from '../records/device.ts';
import { RECORD_KINDS, RECORDS, type RecordKind } from '../records/registry.ts';

/**
 * Which kinds of records a device replicates (SY14). Nothing is filtered inside a kind, so all devices of a set hold the same.
 *
 * `office` holds everything. `counter` is what selling and a till's day need, without shelf counts and the stock ledger. `light` is for phones: looking
 * up, counting and approving, without the long ledgers.
 */
const LEFT_OUT: Readonly<Record<Device['set'], readonly RecordKind[]>> = {
  office: [],
  counter: ['stockCount', 'stockCountLine', 'stockMovement'],
  light: ['sale', 'cashMovement', 'stockMovement'],
};

const KINDS_BY_SET: Readonly<Record<Device['set'], readonly RecordKind[]>> = {
  office: kindsOf('office'),
  counter: kindsOf('counter'),
  light: kindsOf('light'),
};

function kindsOf(set: Device['set']): readonly RecordKind[] {
  return RECORD_KINDS.filter((kind) => !LEFT_OUT[set].includes(kind));
}

/** The kinds of a set, in snapshot order. */
export function kindsInSet(set: Device['set']): readonly RecordKind[] {
  return KINDS_BY_SET[set];
}

/**
 * Whether a device of a set would hold the record if there were one. Of a long ledger it holds some months, so of a line that an act made nothing can be
 * said when it is absent; a line that is named after another one (with a `~`) came after it and is here if that is. Without an id: the kind as far as the
 * device holds it.
 */
export function isInSet(set: Device['set'], kind: RecordKind, id?: string): boolean {
  if (!KINDS_BY_SET[set].includes(kind)) return false;
  return id === undefined || RECORDS[kind].monthsBy === null || makerOf(id) === null || id.includes('~');
}
