import { expect } from 'vitest';
import { actsBehind } from '#schema/records/field-edit.ts';
import { type CaseScript, madeBy, type See } from './case-script.ts';
import { act, aPharmacy, HOUR, MINUTE, NOON, sells } from './pharmacy.ts';

/** Cases about what two people change of one product. */

/** [case 15] Price on both tablets; B sells at its own. */
export async function priceOnBoth(): Promise<CaseScript> {
  const pharmacy = await aPharmacy();
  const { base } = pharmacy;
  const price = (to: number) => ({ itemId: base.itemId, changes: { packPriceMinor: { from: 1_000, to } } });
  return {
    base,
    tablets: {
      A: {
        acts: [act('item.edit', 'ana', NOON, price(1_100)), sells(pharmacy, 1, { packPriceMinor: 1_100 }, NOON + MINUTE, 'ana')],
      },
      B: {
        acts: [
          act('item.edit', 'max', NOON + HOUR, price(1_250)),
          sells(pharmacy, 2, { packPriceMinor: 1_250 }, NOON + HOUR + MINUTE),
        ],
      },
    },
    dependsOn: (isBefore) => ['A1', 'A2'].flatMap((a) => ['B1', 'B2'].map((b) => String(isBefore(a, b)))).join(' '),
    expect: (end) => {
      const isA = end.isBefore('A1', 'B1');
      const [mine, theirs] = isA ? [1_250, 1_100] : [1_100, 1_250];
      expect(end.get('item', base.itemId)).toMatchObject({ packPriceMinor: theirs, priceSetAt: isA ? NOON : NOON + HOUR });
      const second = isA ? 'B1' : 'A1';
      const conflict = { field: 'packPriceMinor', base: 1_000, mine, theirs };
      const theirsWas = { packPriceMinor: { by: isA ? 'ana' : 'max', at: isA ? NOON : NOON + HOUR } };
      expect(end.receipt(second)).toMatchObject({
        verdict: 'merged',
        codes: ['field_conflict'],
        conflicts: [conflict],
        details: { theirs: theirsWas },
      });
      expect(end.task(second)).toMatchObject({
        type: 'conflict',
        aboutKind: 'item',
        aboutId: base.itemId,
        actorId: isA ? 'max' : 'ana',
        details: { conflicts: [conflict], theirs: theirsWas },
      });
      // Tickets say what was paid.
      expect(end.get('sale', madeBy('A2'))).toMatchObject({ totalMinor: 1_100, lines: [{ packPriceMinor: 1_100 }] });
      expect(end.get('sale', madeBy('B2'))).toMatchObject({ totalMinor: 1_250, lines: [{ packPriceMinor: 1_250 }] });
      expect(end.receipt(isA ? 'B2' : 'A2').codes).toEqual(['price_changed']);
    },
  };
}

/** [case 16] Name on A, cold chain on B. */
export async function differentFields(): Promise<CaseScript> {
  const { base } = await aPharmacy();
  const { itemId } = base;
  return {
    base,
    tablets: {
      A: {
        acts: [act('item.edit', 'ana', NOON, { itemId, changes: { name: { from: 'Paracetamol', to: 'Paracetamol 500 mg' } } })],
      },
      B: { acts: [act('item.edit', 'pia', NOON, { itemId, changes: { coldChain: { from: false, to: true } } })] },
    },
    expect: (end) => {
      expect(end.get('item', itemId)).toMatchObject({ name: 'Paracetamol 500 mg', coldChain: true });
      expect([end.receipt('A1').verdict, end.receipt('B1').verdict]).toEqual(['applied', 'applied']);
      expect(end.all('exception')).toEqual([]);
    },
  };
}

/** [case 17] Narcotic on A, not controlled on B. */
export async function saferSchedule(): Promise<CaseScript> {
  const { base } = await aPharmacy();
  const { itemId } = base;
  base.putItem({ schedule: 'list_1' });
  const schedule = (to: string) => ({ itemId, changes: { schedule: { from: 'list_1', to } } });
  return {
    base,
    tablets: {
      A: { acts: [act('item.edit', 'pia', NOON, schedule('narcotic'))] },
      B: { acts: [act('item.edit', 'cy', NOON + HOUR, schedule('none'))] },
    },
    dependsOn: (isBefore) => String(isBefore('A1', 'B1')),
    expect: (end) => {
      expect(end.get('item', itemId).schedule).toBe('narcotic');
      const [second, mine, theirs] = end.isBefore('A1', 'B1') ? ['B1', 'none', 'narcotic'] : ['A1', 'narcotic', 'none'];
      expect(end.receipt(second)).toMatchObject({
        verdict: 'merged',
        conflicts: [{ field: 'schedule', base: 'list_1', mine, theirs }],
        details: { standing: { schedule: 'narcotic' } },
      });
      expect(end.task(second)).toMatchObject({
        type: 'conflict',
        aboutId: itemId,
        details: { standing: { schedule: 'narcotic' } },
      });
    },
  };
}

/** [case 17] Cold chain set on A; on B set by mistake and cleared again, without having seen A's. */
export async function saferColdChain(): Promise<CaseScript> {
  const { base } = await aPharmacy();
  const { itemId } = base;
  const coldChain = (from: boolean, to: boolean) => (see: See) => ({
    itemId,
    changes: { coldChain: { from, to, setBy: actsBehind(see('item', itemId).edits, 'coldChain') } },
  });
  return {
    base,
    tablets: {
      A: { acts: [act('item.edit', 'pia', NOON, coldChain(false, true))] },
      B: {
        acts: [
          act('item.edit', 'cy', NOON, coldChain(false, true)),
          act('item.edit', 'cy', NOON + MINUTE, coldChain(true, false)),
        ],
      },
    },
    dependsOn: (isBefore) => ['B1', 'B2'].map((b) => String(isBefore('A1', b))).join(' '),
    expect: (end) => {
      expect(end.get('item', itemId).coldChain).toBe(true);
    },
  };
}
