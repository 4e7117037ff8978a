import type { MutationName } from '#schema/mutations/registry.ts';
import { TestCounter, type TestSale } from '#schema/testing/test-counter.ts';
import { type CaseAct, OFFICE } from './case-script.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
/** The middle of the day on which the tablets are offline; the office did its part in the morning. */
export const NOON = Date.UTC(2026, 10, 23, 12);

/** A pharmacy with two open tills (float 100.00 each) and 100 units of one lot; Ana owns, Max and Ivo manage, Pia and Cy dispense. */
export interface CasePharmacy {
  readonly base: TestCounter;
  readonly session1: string;
  readonly session2: string;
}

/** Builds it. `onHandUnits` of the lot. */
export async function aPharmacy(onHandUnits = 100): Promise<CasePharmacy> {
  const base = new TestCounter({ sharedTills: true });
  base.put('member', { id: 'ivo', name: 'ivo', roles: [{ role: 'manager', fromAt: 0 }] });
  base.put('member', { id: 'cy', name: 'cy', roles: [{ role: 'pharmacist', fromAt: 0 }] });
  const lot = base.get('lot', base.lotId);
  if (lot) base.put('lot', { ...lot, onHandUnits });
  const session1 = await base.open(base.till1, 10_000, { deviceId: OFFICE });
  const session2 = await base.open(base.till2, 10_000, { deviceId: OFFICE });
  return { base, session1, session2 };
}

/** Pia sells on till 1 or 2. */
export function sells(pharmacy: CasePharmacy, till: 1 | 2, sale: TestSale, at: number, by = 'pia'): CaseAct {
  const { base } = pharmacy;
  const [sessionId, tillId] = till === 1 ? [pharmacy.session1, base.till1] : [pharmacy.session2, base.till2];
  return { name: 'sale.record', args: base.saleArgs(sessionId, sale, tillId), by, at };
}

/** What somebody counted in a drawer. */
export function counted(cashMinor: number) {
  return [{ methodId: 'cash', countedMinor: cashMinor, denominations: null }];
}

/** Any act. */
export function act(name: MutationName, by: string, at: number, args: CaseAct['args']): CaseAct {
  return { name, by, at, args };
}
