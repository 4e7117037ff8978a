import { describe, expect, test } from 'vitest';
import { recordIdOf } from '../../ids.ts';
import { identifierClaimId } from '../../records/claim.ts';
import type { Identifier, ItemFields } from '../../records/item.ts';
import { TABLET_1, TABLET_2, TestTenant } from '../../testing/test-tenant.ts';

const gtin = (value: string): Identifier => ({ scheme: 'gtin', value });
const A = gtin('03400921604696');
const B = gtin('03400921609080');

function fields(more: Partial<ItemFields> = {}): ItemFields {
  return {
    name: 'Paracetamol 500',
    form: 'tablet',
    route: 'oral',
    substances: 'PARACETAMOL',
    strength: '500 mg',
    packLabel: '16 tablets',
    unitsPerPack: 16,
    atc: 'N02BE01',
    schedule: 'none',
    coldChain: false,
    identifiers: [A],
    packPriceMinor: 218,
    packCostMinor: null,
    vatRateBp: null,
    holder: '',
    ...more,
  };
}

const holderOf = (tenant: TestTenant, identifier: Identifier) =>
  tenant.get('claim', identifierClaimId(identifier))?.holderId ?? null;

describe('[I1] one code belongs to one item', () => {
  test('[I1] an item met twice keeps its fact, without the code that is taken', async () => {
    const tenant = new TestTenant();
    await tenant.act('item.add', { fields: fields() });
    const { receipt } = await tenant.act('item.add', { fields: fields({ identifiers: [A, B] }) }, { deviceId: TABLET_2 });
    expect(receipt).toMatchObject({ verdict: 'flagged', codes: ['identifier_taken'], details: { identifier: A } });
    expect(tenant.all('item').map((item) => item.identifiers)).toEqual([[A], [B]]);
    expect(holderOf(tenant, A)).toBe(recordIdOf(TABLET_1, 1, 0));
    expect(holderOf(tenant, B)).toBe(recordIdOf(TABLET_2, 1, 0));
  });

  test('[I1] editing codes moves their claims; a taken one is refused', async () => {
    const tenant = new TestTenant();
    await tenant.act('item.add', { fields: fields() });
    await tenant.act('item.add', { fields: fields({ identifiers: [] }) });
    const [first = '', second = ''] = tenant.all('item').map((item) => item.id);
    const take = { itemId: second, changes: { identifiers: { from: [], to: [A] } } };
    expect((await tenant.act('item.edit', take)).receipt).toMatchObject({ verdict: 'refused', codes: ['identifier_taken'] });
    await tenant.act('item.edit', { itemId: first, changes: { identifiers: { from: [A], to: [B] } } });
    expect([holderOf(tenant, A), holderOf(tenant, B)]).toEqual([null, first]);
    expect((await tenant.act('item.edit', take)).receipt.verdict).toBe('applied');
    expect(holderOf(tenant, A)).toBe(second);
  });
});

describe('two people edit an item', () => {
  async function anItem(more: Partial<ItemFields> = {}) {
    const tenant = new TestTenant();
    await tenant.act('item.add', { fields: fields(more) });
    const itemId = recordIdOf(TABLET_1, 1, 0);
    const edit = (deviceId: string, changes: object) => tenant.act('item.edit', { itemId, changes }, { deviceId });
    return { tenant, itemId, edit };
  }

  test('case 15: price on both: both values kept, nothing overwritten, the conflict waits for a person', async () => {
    const { tenant, itemId, edit } = await anItem();
    await edit(TABLET_1, { packPriceMinor: { from: 218, to: 230 } });
    const pricedAt = tenant.get('item', itemId)?.priceSetAt;
    const { receipt } = await edit(TABLET_2, { packPriceMinor: { from: 218, to: 240 } });
    expect(receipt).toMatchObject({
      verdict: 'merged',
      conflicts: [{ field: 'packPriceMinor', base: 218, mine: 240, theirs: 230 }],
    });
    expect(tenant.get('item', itemId)).toMatchObject({ packPriceMinor: 230, priceSetAt: pricedAt });
    expect(tenant.all('exception')).toMatchObject([{ type: 'conflict', aboutKind: 'item', aboutId: itemId }]);
  });

  test('case 16: name on one, cold chain on the other: both apply', async () => {
    const { tenant, itemId, edit } = await anItem();
    await edit(TABLET_1, { name: { from: 'Paracetamol 500', to: 'Paracetamol 500 mg' } });
    expect((await edit(TABLET_2, { coldChain: { from: false, to: true } })).receipt.verdict).toBe('applied');
    expect(tenant.get('item', itemId)).toMatchObject({ name: 'Paracetamol 500 mg', coldChain: true });
  });

  test.each([
    ['set first', 'narcotic', 'none'],
    ['cleared first', 'none', 'narcotic'],
  ])('case 17: %s, the safer schedule stays until a pharmacist decides', async (_order, first, second) => {
    const { tenant, itemId, edit } = await anItem({ schedule: 'list_1' });
    await edit(TABLET_1, { schedule: { from: 'list_1', to: first } });
    const { receipt } = await edit(TABLET_2, { schedule: { from: 'list_1', to: second } });
    expect(receipt).toMatchObject({ verdict: 'merged', codes: ['field_conflict'] });
    expect(tenant.get('item', itemId)?.schedule).toBe('narcotic');
  });

  test('case 17: a cold chain flag set meanwhile survives somebody who confirms it is not', async () => {
    const { tenant, itemId, edit } = await anItem();
    await edit(TABLET_1, { coldChain: { from: false, to: true } });
    await edit(TABLET_2, { coldChain: { from: false, to: false } });
    expect(tenant.get('item', itemId)?.coldChain).toBe(true);
  });

  test('an archived item keeps its code and comes back', async () => {
    const { tenant, itemId } = await anItem();
    await tenant.act('item.archive', { itemId });
    expect((await tenant.act('item.archive', { itemId })).receipt.codes).toEqual(['item_already_archived']);
    expect(holderOf(tenant, A)).toBe(itemId);
    expect((await tenant.act('item.restore', { itemId })).receipt.verdict).toBe('applied');
    expect((await tenant.act('item.restore', { itemId })).receipt.codes).toEqual(['item_not_archived']);
  });
});

describe('importing items', () => {
  test('[I1] a known code is updated in the fields of the file only, an unknown one is added', async () => {
    const tenant = new TestTenant();
    await tenant.act('item.add', { fields: fields({ holder: 'Somebody', schedule: 'narcotic' }) });
    const items = [
      { identifiers: [A], name: 'Paracetamol', packPriceMinor: 300, schedule: 'none' },
      { identifiers: [B], name: 'Other', unitsPerPack: 4 },
    ];
    const { receipt } = await tenant.act('item.import', { items });
    expect(receipt.verdict).toBe('applied');
    expect(tenant.get('item', holderOf(tenant, A) ?? '')).toMatchObject({
      name: 'Paracetamol',
      packPriceMinor: 300,
      holder: 'Somebody',
      schedule: 'narcotic',
    });
    expect(holderOf(tenant, A)).toBe(recordIdOf(TABLET_1, 1, 0));
    expect(holderOf(tenant, B)).toBe(recordIdOf(TABLET_1, 2, 1));
    expect(tenant.get('item', recordIdOf(TABLET_1, 2, 1))).toMatchObject({
      name: 'Other',
      packPriceMinor: null,
      priceSetAt: null,
    });
  });

  test('the same file again changes nothing; two rows of one code are one item', async () => {
    const tenant = new TestTenant();
    const items = [
      { identifiers: [A], name: 'One' },
      { identifiers: [A, B], name: 'Two' },
    ];
    await tenant.act('item.import', { items });
    expect(tenant.all('item')).toMatchObject([{ name: 'Two', identifiers: [A, B] }]);
    const again = await tenant.act('item.import', { items: [items[1]] });
    expect(again.writes).toEqual([]);
  });

  test('by somebody who may not is refused', async () => {
    const { receipt } = await new TestTenant().act('item.import', { items: [{ identifiers: [A] }] }, { actorId: 'pia' });
    expect(receipt.codes).toEqual(['role_not_allowed']);
  });

  test('100 rows of four codes fit in one act', async () => {
    const tenant = new TestTenant();
    const items = Array.from({ length: 100 }, (_, row) => ({
      identifiers: Array.from({ length: 4 }, (_, k) => ({ scheme: 'local', value: `${row}-${k}` })),
      name: `Item ${row}`,
    }));
    expect((await tenant.act('item.import', { items })).writes).toHaveLength(500);
  });
});
