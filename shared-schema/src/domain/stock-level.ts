/** The stock ledger: on hand is the sum of signed base units per lot and location, and may be negative [I5][I6]. */
import { z } from 'zod';
import { sumUnits } from '../quantity.ts';

/** Every kind of stock movement. Source: I5. */
export const STOCK_MOVEMENT_TYPES = [
  'RECEIPT',
  'DISPENSE',
  'RETURN_SUPPLIER',
  'RETURN_CUSTOMER',
  'ADJUST',
  'COUNT',
  'WASTE',
  'TRANSFER',
  'SPLIT',
] as const;
export const stockMovementTypeSchema = z.enum(STOCK_MOVEMENT_TYPES);
export type StockMovementType = z.infer<typeof stockMovementTypeSchema>;

const DIRECTION: Record<StockMovementType, 'in' | 'out' | 'either'> = {
  RECEIPT: 'in',
  DISPENSE: 'out',
  RETURN_SUPPLIER: 'out',
  RETURN_CUSTOMER: 'in',
  ADJUST: 'either',
  COUNT: 'either',
  WASTE: 'out',
  TRANSFER: 'either',
  SPLIT: 'either',
};

/** Whether signed base units fit their movement type; zero fits all. Source: I5. */
export function isStockSignAllowed(type: StockMovementType, units: number): boolean {
  const direction = DIRECTION[type];
  return direction === 'either' || units === 0 || units > 0 === (direction === 'in');
}

/** Signed base units from the magnitude a person entered; types that go both ways keep the sign they come with. Source: I5. */
export function toSignedUnits(type: StockMovementType, units: number): number {
  const direction = DIRECTION[type];
  if (direction === 'either') return units;
  return direction === 'in' ? Math.abs(units) : 0 - Math.abs(units);
}

/** on hand = Σ signed base units of one lot; never clamped. Source: I5, I6. */
export function computeOnHandUnits(movements: Iterable<{ readonly units: number }>): number {
  return sumUnits(Array.from(movements, (movement) => movement.units));
}
