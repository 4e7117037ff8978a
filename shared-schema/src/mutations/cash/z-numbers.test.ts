import { expect, test } from 'vitest';
import type { Receipt } from '../../sync/receipt.ts';
import { TestCounter } from '../../testing/test-counter.ts';
import { TABLET_2 } from '../../testing/test-tenant.ts';

/** Z numbers of a pharmacy whose server was set back to an earlier copy (SY8, C11): what was closed since comes again with the receipts it had. */

/** As the server keeps it. */
const receiptOf = async (judged: Promise<{ receipt: Omit<Receipt, 'seq'> }>): Promise<Receipt> => ({
  ...(await judged).receipt,
  seq: 1,
});

/** A receipt of a close that is gone. */
function wasZ(zNumber: number, tillId = 'till-1'): Receipt {
  return { n: 1, verdict: 'applied', seq: 1, codes: [], details: { tillId, zNumber }, conflicts: [] };
}

test('[C12] the receipt of a close says its number', async () => {
  const shop = new TestCounter();
  const receipt = await receiptOf(shop.close(await shop.open(), { cash: 10_000 }));
  expect(receipt).toMatchObject({ verdict: 'applied', details: { tillId: 'till-1', zNumber: 1 } });
});

test('[SY8] closes that come again in another order have the numbers they had, and the next one is above them', async () => {
  const shop = new TestCounter();
  const onB = { deviceId: TABLET_2, actorId: 'pia' };
  const third = await shop.open(shop.till1, 10_000, onB);
  await shop.close(third, { cash: 10_000 }, { ...onB, earlierReceipt: wasZ(3) });
  expect(shop.get('till', shop.till1)).toMatchObject({ lastZNumber: 3, skippedZNumbers: [1, 2] });
  const fourth = await shop.open(shop.till1, 10_000, onB);
  await shop.close(fourth, { cash: 10_000 }, onB);
  const first = await shop.open();
  await shop.close(first, { cash: 10_000 }, { earlierReceipt: wasZ(1) });
  expect([third, fourth, first].map((id) => shop.get('zReport', id)?.number)).toEqual([3, 4, 1]);
  expect(shop.get('zReport', first)?.prevHash).toBe(shop.get('zReport', fourth)?.hash);
  expect(shop.get('till', shop.till1)).toMatchObject({ lastZNumber: 4, skippedZNumbers: [2] });
  expect(shop.all('exception')).toEqual([]);
});

test('[SY8] a number that another close has meanwhile is not given twice: the close is flagged with the one that may stand on paper', async () => {
  const shop = new TestCounter();
  await shop.close(await shop.open(), { cash: 10_000 });
  const again = await shop.open();
  const receipt = await receiptOf(shop.close(again, { cash: 10_000 }, { earlierReceipt: wasZ(1) }));
  expect(shop.get('zReport', again)?.number).toBe(2);
  expect(receipt).toMatchObject({
    codes: ['z_number_changed'],
    details: { tillId: 'till-1', zNumber: 2, zNumberBefore: 1, tillIdBefore: 'till-1' },
  });
});

test('[SY8] a number of another till is not taken over, nor is one forgotten when the close is no Z any more', async () => {
  const shop = new TestCounter();
  const session = await shop.open();
  const other = await receiptOf(shop.close(session, { cash: 10_000 }, { earlierReceipt: wasZ(9, 'till-2') }));
  expect(other).toMatchObject({ codes: ['z_number_changed'], details: { tillId: 'till-1', zNumber: 1 } });
  const twice = await receiptOf(shop.close(session, { cash: 10_000 }, { earlierReceipt: wasZ(9) }));
  expect(twice.codes).toEqual(['session_already_closed', 'z_number_changed']);
});

test('[SY8] set back again, a changed number is not forgotten: it is given again when it is free now, else said again', async () => {
  const changed = { ...wasZ(5), details: { tillId: 'till-1', zNumber: 5, tillIdBefore: 'till-1', zNumberBefore: 2 } };
  const void2 = { ...wasZ(5), details: { tillIdBefore: 'till-1', zNumberBefore: 2 } };
  const shop = new TestCounter();
  const again = await receiptOf(shop.close(await shop.open(), { cash: 10_000 }, { earlierReceipt: changed }));
  expect(again).toMatchObject({ codes: ['z_number_changed'], details: { zNumber: 5, zNumberBefore: 2 } });
  const other = await receiptOf(shop.close(await shop.open(), { cash: 10_000 }, { earlierReceipt: void2 }));
  expect(other).toMatchObject({ codes: [], details: { zNumber: 2 } });
});

test('[SY8] the series goes on above what a tablet has seen, and a manager is told which numbers are missing', async () => {
  const shop = new TestCounter();
  await shop.close(await shop.open(), { cash: 10_000 });
  const skip = (upTo: number) => shop.act('till.skipZNumbers', { tillId: 'till-1', upTo }, { actorId: 'system' });
  expect((await skip(3)).receipt).toMatchObject({ codes: ['z_numbers_missing'], details: { fromZNumber: 2, upToZNumber: 3 } });
  expect((await skip(3)).receipt).toMatchObject({ verdict: 'refused', codes: ['z_numbers_not_skipped'] });
  const next = await shop.open();
  await shop.close(next, { cash: 10_000 });
  expect(shop.get('zReport', next)?.number).toBe(4);
});
