/** Stock is counted in base units (tablet, vial, ampoule), never in fractions of a pack [I2]. */
import { z } from 'zod';
import { assert } from './assert.ts';

/** A signed quantity in base units: a safe integer. On hand and movements may be negative [I6]. */
export const unitsSchema = z.int();

/** A counted quantity in base units: zero is a count, blank is not. */
export const countedUnitsSchema = z.int().nonnegative();

/** A quantity handed over or received, in base units: at least one. */
export const positiveUnitsSchema = z.int().positive();

/** Base units in one pack: at least one. Bounded so that a mistyped barcode cannot pass as a pack size. */
export const UNITS_PER_PACK_MAX = 100_000;
export const unitsPerPackSchema = z.int().positive().max(UNITS_PER_PACK_MAX);

/** Base units in a number of whole packs. Throws on fractions and beyond safe integers. */
export function packsToUnits(packs: number, unitsPerPack: number): number {
  const units = packs * unitsPerPack;
  assert(Number.isSafeInteger(packs) && Number.isSafeInteger(units), `not a whole quantity: ${packs} packs of ${unitsPerPack}`);
  return units;
}

/** Whole packs and the loose base units beside them, both with the sign of `units`: −13 of 10 is −1 pack and −3 loose. */
export function unitsToPacks(units: number, unitsPerPack: number): { packs: number; looseUnits: number } {
  assert(unitsPerPack > 0, `pack size must be positive: ${unitsPerPack}`);
  const looseUnits = units % unitsPerPack;
  return { packs: (units - looseUnits) / unitsPerPack + 0, looseUnits: looseUnits + 0 };
}

/**
 * Whether taking `units` from a lot breaks a sealed pack: by the book a lot is whole packs and at most one open one. Never by a book at or
 * below zero, which knows of no pack [I2].
 */
export function opensPack(onHandUnits: number, units: number, unitsPerPack: number): boolean {
  const sealedIn = (held: number) => Math.floor(Math.max(0, held) / unitsPerPack);
  return sealedIn(onHandUnits) - sealedIn(onHandUnits - units) > Math.floor(units / unitsPerPack);
}

/** Σ of base units; 0 for none. Throws beyond safe integers. */
export function sumUnits(quantities: Iterable<number>): number {
  let totalUnits = 0;
  for (const units of quantities) {
    totalUnits += units;
    assert(Number.isSafeInteger(totalUnits), 'quantity outside safe integers');
  }
  return totalUnits;
}
