import { resolveLotCounts } from '../../domain/stocktake.ts';
import type { StockCountLine } from '../../records/stock-count.ts';

/**
 * Status of a line that waits, from what the counts of one session say of its moment (case 13). Lines that are posted, superseded or
 * to be recounted keep their status.
 */
export function resolveStatus(
  line: Pick<StockCountLine, 'id' | 'status' | 'countedUnits' | 'earlierCounts'>,
): StockCountLine['status'] {
  if (line.status === 'posted' || line.status === 'superseded' || line.status === 'recount') return line.status;
  const counts = [
    { countLineId: line.id, countedUnits: line.countedUnits, tradeUnits: 0 },
    ...line.earlierCounts.map(({ lineId, impliedUnits }) => ({ countLineId: lineId, countedUnits: impliedUnits, tradeUnits: 0 })),
  ];
  const resolved = resolveLotCounts(counts);
  if (resolved.kind === 'third_count' || resolved.kind === 'undecided') return resolved.kind;
  if (resolved.kind === 'counted') return 'counted';
  // Two earlier counts may agree against the newest line: then the newest is the odd one out, and a person has to look.
  return resolved.acceptedLineIds.includes(line.id) ? 'counted' : 'undecided';
}
