import { type Item, SCHEDULES } from '../../records/item.ts';
import { LOT_STATUSES } from '../../records/lot.ts';

/**
 * Safety fields take the safer of two values until a pharmacist decides (case 17): cold chain set, the stricter schedule, the lot held
 * back further.
 */
const STRICTNESS: Readonly<Record<string, readonly unknown[]>> = {
  schedule: SCHEDULES,
  coldChain: [false, true],
  status: LOT_STATUSES,
};

/** Whether `a` is strictly safer than `b` for a safety field; false for other fields. */
export function isSafer(field: string, a: unknown, b: unknown): boolean {
  const order = STRICTNESS[field];
  return order !== undefined && order.indexOf(a) > order.indexOf(b);
}

/** The schedule and cold chain flag of an item, never less strict than they are. For imports, which saw nothing before they wrote. */
export function keepSafer(item: Item, next: Item): Item {
  return {
    ...next,
    schedule: isSafer('schedule', item.schedule, next.schedule) ? item.schedule : next.schedule,
    coldChain: item.coldChain || next.coldChain,
  };
}
