import { IDBFactory } from 'fake-indexeddb';
import { expect, test } from 'vitest';
import type { LocalTexts } from '../env.ts';
import { openDurableTexts } from './durable-texts.ts';

/** What a browser keeps in `localStorage`; a kill takes back what it had not written yet. */
function aLocal(): LocalTexts {
  const texts = new Map<string, string>();
  return {
    get: (name) => texts.get(name) ?? null,
    set: (name, text) => void texts.set(name, text),
    note: (name, text) => void texts.set(name, text),
    remove: (name) => void texts.delete(name),
  };
}

function fail(error: unknown): never {
  throw error;
}

test('[SY2] a tablet killed before the browser wrote its local texts still knows which device it is', async () => {
  const disk = new IDBFactory();
  const before = await openDurableTexts(aLocal(), disk, fail);
  before.texts.set('device', 'old');
  before.texts.set('device', 'T1');
  before.texts.set('session', 'Ana');
  await before.settled();
  const after = await openDurableTexts(aLocal(), disk, fail);
  expect([after.texts.get('device'), after.texts.get('session')]).toEqual(['T1', 'Ana']);
});

test('what was removed stays removed', async () => {
  const disk = new IDBFactory();
  const before = await openDurableTexts(aLocal(), disk, fail);
  before.texts.set('session', 'Ana');
  before.texts.remove('session');
  await before.settled();
  expect((await openDurableTexts(aLocal(), disk, fail)).texts.get('session')).toBe(null);
});

test('what the browser still has is not replaced: another tab may have written it a moment ago', async () => {
  const disk = new IDBFactory();
  const local = aLocal();
  const first = await openDurableTexts(local, disk, fail);
  first.texts.set('pointer', 'r1');
  await first.settled();
  local.set('pointer', 'r2');
  expect((await openDurableTexts(local, disk, fail)).texts.get('pointer')).toBe('r2');
});

test('without IndexedDB the local texts do alone, and it is reported', async () => {
  const reported: unknown[] = [];
  const broken = { open: () => fail(new Error('blocked')) } as unknown as IDBFactory;
  const { texts, settled } = await openDurableTexts(aLocal(), broken, (error) => reported.push(error));
  texts.set('device', 'T1');
  await settled();
  expect([texts.get('device'), reported.length]).toEqual(['T1', 1]);
});
