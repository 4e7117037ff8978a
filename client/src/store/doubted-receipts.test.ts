import { expect, test } from 'vitest';
import { DoubtedReceipts } from './doubted-receipts.ts';

const DEVICE_ID = 'aaaaaaaaaa01';

/** Two tabs that share their browser's small texts. */
function twoTabs(): [DoubtedReceipts, DoubtedReceipts] {
  const texts = new Map<string, string>();
  const local = {
    get: (name: string) => texts.get(name) ?? null,
    set: (name: string, text: string) => void texts.set(name, text),
    note: () => undefined,
    remove: () => undefined,
  };
  return [new DoubtedReceipts({ local }, DEVICE_ID), new DoubtedReceipts({ local }, DEVICE_ID)];
}

test('[SY8] what one tab doubts, every tab doubts, from the lowest number on', () => {
  const [one, other] = twoTabs();
  expect(other.sureN(20)).toBe(20);
  one.raise(8);
  one.raise(12);
  expect([one.sureN(20), other.sureN(20), other.sureN(5)]).toEqual([7, 7, 5]);
});

test('[SY8] a doubt is over once its receipts were heard again, but not when there is a newer one', () => {
  const [one, other] = twoTabs();
  one.raise(8);
  const generation = one.generation();
  other.raise(10);
  one.settle(generation);
  expect(one.sureN(20)).toBe(7);
  one.settle(one.generation());
  expect(other.sureN(20)).toBe(20);
  expect(other.generation()).toBeGreaterThan(generation);
});
