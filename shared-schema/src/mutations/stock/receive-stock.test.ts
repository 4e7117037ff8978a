import { describe, expect, test } from 'vitest';
import { recordIdOf } from '../../ids.ts';
import { TABLET_1, TABLET_2, TestTenant } from '../../testing/test-tenant.ts';

async function withItem(more: object = {}) {
  const tenant = new TestTenant();
  const fields = { name: 'Insulin', identifiers: [{ scheme: 'local', value: '1' }], ...more };
  await tenant.act('item.import', { items: [fields] });
  return { tenant, itemId: recordIdOf(TABLET_1, 1, 0) };
}
const line = (itemId: string, more: object = {}) => ({
  itemId,
  lotText: 'A1',
  expiryOn: '2027-05-31',
  units: 5,
  packCostMinor: null,
  ...more,
});
const receive = (tenant: TestTenant, lines: object[], at = {}) => tenant.act('stock.receive', { reference: 'DN-1', lines }, at);

describe('[I3] what makes a lot', () => {
  test('[I3] item, text and expiry: two tablets that meet it make one lot, and text is case-sensitive', async () => {
    const { tenant, itemId } = await withItem();
    await receive(tenant, [line(itemId), line(itemId)]);
    await receive(tenant, [line(itemId)], { deviceId: TABLET_2 });
    await receive(tenant, [line(itemId, { lotText: 'a1' })]);
    expect(tenant.all('lot').map((lot) => [lot.lotText, lot.onHandUnits])).toEqual([
      ['A1', 15],
      ['a1', 5],
    ]);
  });

  test('[I3] the same text with another expiry is another lot, with a warning', async () => {
    const { tenant, itemId } = await withItem();
    await receive(tenant, [line(itemId)]);
    const { receipt } = await receive(tenant, [line(itemId, { expiryOn: '2028-05-31' })]);
    expect(receipt).toMatchObject({ verdict: 'flagged', codes: ['lot_text_two_expiries'] });
    expect(tenant.all('lot')).toHaveLength(2);
  });

  test.each([
    [{ coldChain: true }, ['unknown_lot_not_allowed']],
    [{ schedule: 'narcotic' }, ['unknown_lot_not_allowed']],
    [{ schedule: 'list_1' }, []],
  ])('[I3] an unknown lot of %o: %o', async (more, codes) => {
    const { tenant, itemId } = await withItem(more);
    const { receipt } = await receive(tenant, [line(itemId, { lotText: 'UNKNOWN', expiryOn: null })]);
    expect(receipt.codes).toEqual(codes);
    expect(tenant.all('lot')[0]?.onHandUnits).toBe(5);
  });
});

test('what arrives expired, or of an archived or unknown item, is kept and flagged', async () => {
  const { tenant, itemId } = await withItem();
  await tenant.act('item.archive', { itemId });
  const { receipt } = await receive(tenant, [line(itemId, { expiryOn: '2026-11-22', packCostMinor: 90 }), line('ghost')]);
  expect(receipt.codes).toEqual(['expired_at_receipt', 'item_archived', 'item_unknown']);
  expect(tenant.get('item', itemId)).toMatchObject({ status: 'active', packCostMinor: 90 });
  expect(tenant.all('stockMovement').map((movement) => [movement.type, movement.units, movement.reason])).toEqual([
    ['RECEIPT', 5, 'DN-1'],
    ['RECEIPT', 5, 'DN-1'],
  ]);
});

describe('[I5] the ledger', () => {
  test('[I5] waste always goes out, on hand is the sum of movements', async () => {
    const { tenant, itemId } = await withItem();
    await receive(tenant, [line(itemId)]);
    const lotId = tenant.all('lot')[0]?.id;
    await tenant.act('stock.adjust', { itemId, lotId, type: 'WASTE', units: 2, reason: 'broken' });
    await tenant.act('stock.adjust', { itemId, lotId, type: 'ADJUST', units: -1, reason: 'not there' });
    expect(tenant.all('stockMovement').map((movement) => movement.units)).toEqual([5, -2, -1]);
    expect(tenant.all('lot')[0]?.onHandUnits).toBe(2);
  });

  test('[I2] fractions are no quantity', async () => {
    const { tenant, itemId } = await withItem();
    expect((await receive(tenant, [line(itemId, { units: 0.33 })])).receipt.verdict).toBe('quarantined');
  });

  test('a repeated act changes nothing', async () => {
    const { tenant, itemId } = await withItem();
    await receive(tenant, [line(itemId)], { n: 2 });
    const before = tenant.dump();
    await receive(tenant, [line(itemId)], { n: 2 });
    expect(tenant.dump()).toEqual(before);
  });
});

test('case 21: two people change a lot at once: it stays held back the further way', async () => {
  const { tenant, itemId } = await withItem();
  await receive(tenant, [line(itemId)]);
  const lotId = tenant.all('lot')[0]?.id ?? '';
  const set = (to: string, deviceId: string) =>
    tenant.act('lot.setStatus', { lotId, changes: { status: { from: 'usable', to } }, reason: 'call' }, { deviceId });
  await set('quarantined', TABLET_1);
  expect((await set('recalled', TABLET_2)).receipt.verdict).toBe('merged');
  expect(tenant.get('lot', lotId)?.status).toBe('recalled');
  await set('quarantined', TABLET_1);
  expect(tenant.get('lot', lotId)?.status).toBe('recalled');
});
