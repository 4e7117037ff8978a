import { assert } from '../../assert.ts';
import { type ActMoment, orderActs, rebaseCount } from '../../domain/count-rebase.ts';
import { isLotExpired } from '../../domain/fefo.ts';
import { isStockSignAllowed, type StockMovementType } from '../../domain/stock-level.ts';
import { type Lot, lotIdOf, UNKNOWN_LOT } from '../../records/lot.ts';
import { type EarlierCount, isBeyondApproval, type StockCountLine } from '../../records/stock-count.ts';
import type { StockMovement } from '../../records/stock-movement.ts';
import { type DecideContext, type Flag, key, put, type RecordKey, type RecordReader, type Write } from '../define.ts';
import { resolveStatus } from './count-status.ts';

/**
 * Posting stock movements: the one place where an act changes what is on hand.
 *
 * An act that moves stock declares `movementReads(lotIds)` and, in its second round, `movementFollow(records, lotIds)`; makes one
 * `StockPosting`; posts each movement through it; and ends with its `writes()` and `flags()`. Several movements of one lot compose.
 * On hand is never clamped (I6). The lot's last count is re-based when a movement from before it arrives (I7).
 */

/** First-round keys of an act that moves these lots. */
export function movementReads(lotIds: readonly string[]): RecordKey[] {
  return [...new Set(lotIds)].map((lotId) => key('lot', lotId));
}

/** Second-round keys: the last count line of each lot, which a movement may re-base. */
export function movementFollow(records: RecordReader, lotIds: readonly string[]): RecordKey[] {
  return [...new Set(lotIds)].flatMap((lotId) => {
    const lot = records.get('lot', lotId);
    return lot?.lastCount ? [key('stockCountLine', lot.lastCount.lineId)] : [];
  });
}

/** A movement to post: signed base units, and the document behind it. */
export interface NewMovement {
  readonly lotId: string;
  /** Used when the lot is not known and a stand-in is made for it. */
  readonly itemId: string;
  readonly type: StockMovementType;
  readonly units: number;
  readonly refKind: string | null;
  readonly refId: string | null;
  readonly reason: string | null;
}

/** The moment of a record that carries one; an unknown skew is an infinite uncertainty (I7). */
export function momentOf(record: {
  readonly deviceId: string;
  readonly n: number;
  readonly occurredAt: number;
  readonly uncertaintyMs: number | null;
}): ActMoment {
  const { deviceId, n, occurredAt } = record;
  return { deviceId, n, occurredAt, uncertaintyMs: record.uncertaintyMs ?? Number.POSITIVE_INFINITY };
}

/** The moment at which a line (or an earlier count it carries) was counted. */
export function countMomentOf(line: Pick<StockCountLine, 'deviceId' | 'n' | 'countedAt' | 'uncertaintyMs'>): ActMoment {
  return momentOf({ ...line, occurredAt: line.countedAt });
}

/** Lots, count lines and movements that one act changes; each is read once and written once. */
export class StockPosting {
  readonly #records: RecordReader;
  readonly #context: DecideContext;
  readonly #lots = new Map<string, Lot>();
  readonly #lines = new Map<string, StockCountLine>();
  readonly #movements: StockMovement[] = [];
  /** On hand before the act, of lots it moved. */
  readonly #before = new Map<string, number>();
  readonly #dispensed = new Set<string>();
  readonly #standIns: string[] = [];
  readonly #undecidable = new Set<string>();
  /** Lines whose booked difference is beyond what was approved, as this act leaves them. */
  readonly #worse = new Map<string, StockCountLine>();
  #different: Flag | null = null;

  constructor(records: RecordReader, context: DecideContext) {
    this.#records = records;
    this.#context = context;
  }

  /** The lot as this act has left it so far, or null. */
  lot(lotId: string): Lot | null {
    return this.#lots.get(lotId) ?? this.#records.get('lot', lotId);
  }

  /** The count line as this act has left it so far, or null. Its key must be declared. */
  line(lineId: string): StockCountLine | null {
    return this.#lines.get(lineId) ?? this.#records.get('stockCountLine', lineId);
  }

  /** The lot of that item, text and expiry, made with nothing on hand when it is not there yet (I3). Its key must be declared. */
  ensureLot(itemId: string, lotText: string, expiryOn: string | null): Lot {
    return this.#ensure(lotIdOf(itemId, lotText, expiryOn, this.#context.sha256), itemId, lotText, expiryOn);
  }

  /** The lot of that id; when nobody knows it, a stand-in of unknown text, and the act is flagged. Its key must be declared. */
  standIn(lotId: string, itemId: string): Lot {
    if (!this.lot(lotId)) this.#standIns.push(lotId);
    return this.#ensure(lotId, itemId, UNKNOWN_LOT, null);
  }

  /** Stores a lot whose status or last count changed. On hand is changed by movements only. */
  setLot(lot: Lot): void {
    assert(lot.onHandUnits === (this.lot(lot.id)?.onHandUnits ?? 0), 'on hand changes by movements only');
    this.#lots.set(lot.id, lot);
  }

  /** Stores a count line that is new or changed. */
  setLine(line: StockCountLine): void {
    this.#lines.set(line.id, line);
  }

  /** Posts a movement made by this act at this act's moment, and re-bases the lot's last count if it lies before it (I7). */
  post(movement: NewMovement): void {
    assert(isStockSignAllowed(movement.type, movement.units), `${movement.type} cannot be ${movement.units}`);
    this.standIn(movement.lotId, movement.itemId);
    if (movement.type === 'DISPENSE') this.#dispensed.add(movement.lotId);
    this.#book(movement, momentFields(this.#context));
    this.#rebase(movement);
  }

  /**
   * Notes that a sealed pack of a lot was opened: a `SPLIT` pair that sums to zero. On hand and the lot's last count stay as they are (I2).
   */
  openPack(movement: Pick<NewMovement, 'lotId' | 'itemId' | 'refKind' | 'refId'>, unitsPerPack: number): void {
    for (const units of [-unitsPerPack, unitsPerPack])
      this.#book({ ...movement, type: 'SPLIT', units, reason: null }, momentFields(this.#context));
  }

  /**
   * Books what a count line has not booked yet, at the line's own moment. On hand becomes counted + Σ movements after the count (I7).
   * The line must be the lot's last count.
   */
  postLine(line: StockCountLine, approval: Pick<StockCountLine, 'approvedBy' | 'approvedAt' | 'approvedUnits'>): void {
    this.#bookCount(line, line.varianceUnits - line.postedUnits, null);
    const { varianceUnits: postedUnits } = line;
    const posted: StockCountLine = { ...line, ...approval, postedUnits, postedAt: this.#context.occurredAt, status: 'posted' };
    this.setLine(posted);
    if (isBeyondApproval(posted)) this.#worse.set(posted.lotId, posted);
  }

  /** Somebody else's older count that says something else than the one that is booked (case 13). */
  noteDifferentCount(booked: StockCountLine, other: EarlierCount): void {
    this.#different ??= {
      code: 'posted_count_differs',
      about: key('lot', booked.lotId),
      units: other.impliedUnits - booked.countedUnits,
      details: {
        posted_count_differs: [booked.lotId],
        lineId: booked.id,
        posted: booked.countedUnits,
        counted: other.impliedUnits,
        countedBy: booked.countedBy,
        approvedBy: booked.approvedBy,
        approvedAt: booked.approvedAt,
      },
    };
  }

  /** Everything the act changed. */
  writes(): Write[] {
    return [
      ...[...this.#lots.values()].map((lot) => put('lot', lot)),
      ...[...this.#lines.values()].map((line) => put('stockCountLine', line)),
      ...this.#movements.map((movement) => put('stockMovement', movement)),
    ];
  }

  /**
   * What a manager should look at, one flag a code, in order of precedence: `lot_recalled`, `lot_quarantined`, `lot_expired` (something
   * was dispensed from such a lot; case 21, I10), `below_zero` (I6: units = what is missing by the book), `recount_needed` (before or
   * after the count cannot be told), `posted_count_rebased` (more is booked than was approved; case 14), `posted_count_differs` (case 13),
   * `lot_stand_in` (the lot named is not known). Details name the lots under the code.
   */
  flags(): Flag[] {
    const dispensed = [...this.#dispensed].flatMap((lotId) => this.lot(lotId) ?? []);
    const below = [...this.#before].flatMap(([lotId, beforeUnits]) => {
      const lot = this.lot(lotId);
      return lot && lot.onHandUnits < 0 && lot.onHandUnits < beforeUnits ? [lot] : [];
    });
    return [
      lotFlag('lot_recalled', idsOf(dispensed.filter((lot) => lot.status === 'recalled'))),
      lotFlag('lot_quarantined', idsOf(dispensed.filter((lot) => lot.status === 'quarantined'))),
      lotFlag('lot_expired', idsOf(dispensed.filter((lot) => isLotExpired(lot, this.#context.businessOn)))),
      lotFlag(
        'below_zero',
        idsOf(below),
        below.reduce((sum, lot) => sum + lot.onHandUnits, 0),
      ),
      lotFlag('recount_needed', [...this.#undecidable]),
      this.#worseFlag(),
      this.#different,
      lotFlag('lot_stand_in', this.#standIns),
    ].flatMap((flag) => flag ?? []);
  }

  #worseFlag(): Flag | null {
    const lines = [...this.#worse.values()];
    const [first] = lines;
    if (!first) return null;
    const { id: lineId, approvedBy, approvedAt, approvedUnits, varianceUnits: nowUnits } = first;
    return {
      code: 'posted_count_rebased',
      about: key('lot', first.lotId),
      units: lines.reduce((sum, line) => sum + line.varianceUnits - (line.approvedUnits ?? 0), 0),
      details: {
        posted_count_rebased: lines.map(({ lotId }) => lotId).slice(0, 20),
        lineId,
        approvedBy,
        approvedAt,
        approvedUnits,
        nowUnits,
      },
    };
  }

  /** Marks that a lot's count cannot be put in order with a movement, so that the act is flagged. */
  askRecount(lotId: string): void {
    this.#undecidable.add(lotId);
  }

  #ensure(lotId: string, itemId: string, lotText: string, expiryOn: string | null): Lot {
    const known = this.lot(lotId);
    if (known) return known;
    const lot: Lot = {
      id: lotId,
      itemId,
      lotText,
      expiryOn,
      status: 'usable',
      onHandUnits: 0,
      firstReceivedAt: this.#context.occurredAt,
      lastCount: null,
      edits: [],
    };
    this.#lots.set(lotId, lot);
    return lot;
  }

  #book(movement: NewMovement, moment: MomentFields): void {
    const lot = this.lot(movement.lotId);
    assert(lot !== null, `no lot ${movement.lotId}`);
    if (!this.#before.has(lot.id)) this.#before.set(lot.id, lot.onHandUnits);
    this.#lots.set(lot.id, { ...lot, onHandUnits: lot.onHandUnits + movement.units });
    this.#movements.push({
      id: this.#context.newId(this.#movements.length),
      lotId: lot.id,
      itemId: lot.itemId,
      type: movement.type,
      units: movement.units,
      actorId: this.#context.actorId,
      refKind: movement.refKind,
      refId: movement.refId,
      reason: movement.reason,
      ...moment,
    });
  }

  /** COUNT movements carry the moment of the count, not of its posting: that is where they belong in the ledger (I7). */
  #bookCount(line: StockCountLine, units: number, reason: string | null): void {
    if (units === 0) return;
    const { lotId, itemId, deviceId, n, uncertaintyMs } = line;
    this.#book(
      { lotId, itemId, type: 'COUNT', units, refKind: 'stockCountLine', refId: line.id, reason },
      { occurredAt: line.countedAt, uncertaintyMs, deviceId, n },
    );
  }

  #rebase({ lotId, units }: NewMovement): void {
    const lastCount = this.lot(lotId)?.lastCount;
    const line = lastCount ? this.line(lastCount.lineId) : null;
    if (!line) return;
    const act = momentOf(momentFields(this.#context));
    const rebased = rebaseCount({ ...line, countLineId: line.id, act: countMomentOf(line) }, { units, act });
    if (rebased.isRecountNeeded) this.#undecidable.add(lotId);
    const isBefore = rebased.compensatingUnits !== 0;
    const isPosted = line.postedAt !== null;
    const earlierCounts = isBefore ? shiftEarlier(line, units, act) : line.earlierCounts;
    const { bookUnits, varianceUnits } = rebased.line;
    const status = rebased.isRecountNeeded ? 'recount' : resolveStatus({ ...line, earlierCounts });
    if (isBefore && isPosted) this.#bookCount(line, rebased.compensatingUnits, null);
    const next: StockCountLine = {
      ...line,
      bookUnits,
      varianceUnits,
      postedUnits: isPosted ? line.postedUnits + rebased.compensatingUnits : line.postedUnits,
      rebasedUnits: line.rebasedUnits + (isBefore ? units : 0),
      movedUnits: line.movedUnits + (isBefore || isPosted ? 0 : units),
      movedCount: line.movedCount + (isBefore || isPosted || units === 0 ? 0 : 1),
      earlierCounts,
      status,
    };
    this.setLine(next);
    if (isPosted && isBeyondApproval(next) && Math.abs(varianceUnits) > Math.abs(line.varianceUnits))
      this.#worse.set(lotId, next);
  }
}

/** The moment of an act as movements store it. */
type MomentFields = Pick<StockMovement, 'occurredAt' | 'uncertaintyMs' | 'deviceId' | 'n'>;

function momentFields({ occurredAt, uncertaintyMs, deviceId, n }: DecideContext): MomentFields {
  return { occurredAt, uncertaintyMs, deviceId, n };
}

/** A movement between an earlier count and the line changes what that count says for the line's moment. */
function shiftEarlier(line: StockCountLine, units: number, act: ActMoment): StockCountLine['earlierCounts'] {
  return line.earlierCounts.map((earlier) =>
    orderActs(act, countMomentOf(earlier)) === 'before' ? earlier : { ...earlier, impliedUnits: earlier.impliedUnits + units },
  );
}

function idsOf(lots: readonly Lot[]): string[] {
  return lots.map((lot) => lot.id);
}

function lotFlag(code: string, lotIds: readonly string[], units?: number): Flag | null {
  const [first] = lotIds;
  if (first === undefined) return null;
  return {
    code,
    about: key('lot', first),
    details: { [code]: lotIds.slice(0, 20) },
    ...(units === undefined ? {} : { units }),
  };
}
