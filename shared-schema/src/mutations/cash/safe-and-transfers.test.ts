import { describe, expect, test } from 'vitest';
import { transitMinorOf } from '../../records/cash-transfer.ts';
import { TestCounter } from '../../testing/test-counter.ts';
import { TABLET_2 } from '../../testing/test-tenant.ts';
import { SAFE_ID } from './safe.ts';

const money = (amountMinor: number) => ({ methodId: 'cash', amountMinor, note: '' });
const deposit = (amountMinor: number, reference: string | null = 'S-1') => ({
  type: 'BANK_DEPOSIT',
  methodId: 'cash',
  amountMinor,
  note: '',
  reference,
  witnessId: null,
});

describe('the safe', () => {
  test('[C1][C4] a drop leaves the till and enters the safe, a deposit leaves the safe', async () => {
    const shop = new TestCounter();
    const session = await shop.open();
    await shop.move(session, 'SAFE_DROP', 4_000);
    expect([shop.expected(session), shop.expected(SAFE_ID)]).toEqual([6_000, 4_000]);
    expect((await shop.act('safe.record', deposit(3_000))).receipt.verdict).toBe('applied');
    expect(shop.expected(SAFE_ID)).toBe(1_000);
    expect(shop.all('cashMovement').filter(({ sessionId }) => sessionId === SAFE_ID)).toMatchObject([
      { type: 'SAFE_DROP', amountMinor: 4_000, reference: 'B-1', tillId: SAFE_ID },
      { type: 'BANK_DEPOSIT', amountMinor: -3_000, reference: 'S-1' },
    ]);
    expect((await shop.act('safe.record', deposit(1_500, null))).receipt.codes).toEqual(['reference_missing']);
    // Below zero says that something was not recorded; it is never clamped (C2).
    expect(shop.expected(SAFE_ID)).toBe(-500);
  });

  test('[C4][C15] a drop that arrives after the close is in the safe all the same', async () => {
    const shop = new TestCounter();
    const session = await shop.open();
    await shop.close(session, { cash: 6_000 });
    expect((await shop.move(session, 'SAFE_DROP', 4_000, { deviceId: TABLET_2 })).receipt.codes).toEqual(['session_closed']);
    expect(shop.expected(SAFE_ID)).toBe(4_000);
  });

  test('[C3][C4] a drop is taken back on both sides, once, from whichever side it is taken', async () => {
    const shop = new TestCounter();
    const session = await shop.open();
    await shop.move(session, 'SAFE_DROP', 4_000);
    const [inTill, inSafe] = shop.all('cashMovement').filter(({ type }) => type === 'SAFE_DROP');
    const back = (movementId = '') => ({ movementId, sessionId: session, tillId: shop.till1, note: 'wrong bag' });
    await shop.act('cashMovement.reverse', back(inSafe?.id));
    expect([shop.expected(session), shop.expected(SAFE_ID)]).toEqual([10_000, 0]);
    expect((await shop.act('cashMovement.reverse', back(inTill?.id))).receipt.codes).toEqual(['already_reversed']);
    expect([shop.expected(session), shop.expected(SAFE_ID)]).toEqual([10_000, 0]);
  });
});

describe('cash from till to till', () => {
  async function twoTills() {
    const shop = new TestCounter();
    const one = await shop.open();
    const two = await shop.open(shop.till2, 5_000, { deviceId: TABLET_2 });
    const send = (amountMinor: number) =>
      shop.act(
        'cashTransfer.send',
        { sessionId: one, tillId: shop.till1, toTillId: shop.till2, ...money(amountMinor) },
        { n: 2 },
      );
    const receive = (amountMinor: number, n = 2) =>
      shop.act(
        'cashTransfer.receive',
        { sessionId: two, tillId: shop.till2, transferNo: 'T1-2', ...money(amountMinor) },
        { deviceId: TABLET_2, n },
      );
    const drawers = () => [shop.expected(one), shop.expected(two)];
    return { shop, send, receive, drawers, transfer: () => shop.get('cashTransfer', 'T1-2') };
  }

  test('[C3][C4] it leaves one drawer, is in transit, and arrives in the other under one shared number', async () => {
    const { shop, send, receive, drawers, transfer } = await twoTills();
    await send(2_000);
    expect(drawers()).toEqual([8_000, 5_000]);
    expect(transfer()).toMatchObject({ status: 'in_transit', outMinor: 2_000, inMinor: null, toTillId: shop.till2 });
    expect((await receive(2_000)).receipt.verdict).toBe('applied');
    expect(drawers()).toEqual([8_000, 7_000]);
    expect(transfer()).toMatchObject({ status: 'arrived', outBy: 'ana' });
    const lines = shop.all('cashMovement').filter(({ type }) => type.startsWith('TRANSFER'));
    expect(lines.map(({ type, reference, amountMinor }) => [type, reference, amountMinor])).toEqual([
      ['TRANSFER_OUT', 'T1-2', -2_000],
      ['TRANSFER_IN', 'T1-2', 2_000],
    ]);
  });

  test('[C4] case 10: another amount arrives: both stand, the difference stays in transit, a manager is told, in any order', async () => {
    const ends = [];
    for (const isSentFirst of [true, false]) {
      const { shop, send, receive, drawers, transfer } = await twoTills();
      const first = isSentFirst ? await send(2_000) : await receive(1_900);
      expect(first.receipt.verdict).toBe('applied');
      const second = isSentFirst ? await receive(1_900) : await send(2_000);
      expect(second.receipt.codes).toEqual(['transfer_differs']);
      expect(drawers()).toEqual([8_000, 6_900]);
      const known = transfer();
      expect(known).toMatchObject({ status: 'differs', fromTillId: shop.till1, toTillId: shop.till2 });
      expect(known && transitMinorOf(known)).toBe(100);
      expect(shop.all('exception')).toMatchObject([{ aboutKind: 'cashTransfer', aboutId: 'T1-2', amountMinor: -100 }]);
      ends.push({ drawers: drawers(), out: known?.outMinor, in: known?.inMinor, status: known?.status });
    }
    expect(ends[0]).toEqual(ends[1]);
  });

  test('[C3] received before the sender is heard it is unmatched; received twice it is booked once', async () => {
    const { send, receive, drawers, transfer } = await twoTills();
    await receive(2_000);
    expect(transfer()).toMatchObject({ status: 'unmatched', outMinor: null, inMinor: 2_000 });
    expect((await receive(2_000, 3)).receipt.codes).toEqual(['transfer_already_received']);
    expect(drawers()).toEqual([10_000, 7_000]);
    await send(2_000);
    expect(transfer()).toMatchObject({ status: 'arrived' });
    expect(drawers()).toEqual([8_000, 7_000]);
  });

  test('[C4] change from the safe to a till; a transfer is not taken back alone', async () => {
    const { shop, receive, drawers } = await twoTills();
    await shop.act('cashTransfer.send', { sessionId: SAFE_ID, tillId: SAFE_ID, toTillId: shop.till2, ...money(3_000) }, { n: 2 });
    await receive(3_000);
    expect([shop.expected(SAFE_ID), ...drawers()]).toEqual([-3_000, 10_000, 8_000]);
    const [out] = shop.all('cashMovement').filter(({ type }) => type === 'TRANSFER_OUT');
    const back = { movementId: out?.id, sessionId: SAFE_ID, tillId: SAFE_ID, note: '' };
    expect((await shop.act('cashMovement.reverse', back)).receipt.codes).toEqual(['transfer_not_reversible']);
    expect(shop.expected(SAFE_ID)).toBe(-3_000);
  });
});
