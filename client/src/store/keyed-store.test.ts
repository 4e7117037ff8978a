import { IDBKeyRange, indexedDB } from 'fake-indexeddb';
import { describe, expect, test } from 'vitest';
import { MemoryDisk } from '../testing/memory-store.ts';
import { createDexieStorage } from './dexie-storage.ts';
import type { KeyedStore, StoreRow } from './keyed-store.ts';
import { openRxKeyedStore, removeRxKeyedStore } from './rx-keyed-store.ts';

/** The contract that the real store and the tests' one both keep. */

const storage = createDexieStorage({ indexedDB, IDBKeyRange });
const disk = new MemoryDisk();
const STORES: Record<string, (name: string) => Promise<KeyedStore>> = {
  'RxDB over Dexie': (name) => openRxKeyedStore(name, storage),
  memory: async (name) => disk.open(name),
};

const row = (id: string, more: Partial<StoreRow> = {}): StoreRow => ({
  id,
  kind: 'k',
  seq: 1,
  parent: '',
  status: '',
  sort: id,
  body: { id },
  ...more,
});
const ids = (rows: readonly StoreRow[]) => rows.map(({ id }) => id);

describe.each(Object.entries(STORES))('%s', (which, open) => {
  const named = (name: string) => `${which.toLowerCase().replaceAll(' ', '-')}-${name}`;

  test('an insert of a taken key is refused and leaves the row as it was', async () => {
    const store = await open(named('insert'));
    expect(await store.insert(row('a', { seq: 1 }))).toBe(true);
    expect(await store.insert(row('a', { seq: 2 }))).toBe(false);
    expect((await store.load(['a', 'b'])).map(({ seq }) => seq)).toEqual([1]);
  });

  test('a write of new and known rows stores all of them', async () => {
    const store = await open(named('write'));
    await store.insertAll([row('a'), row('b')]);
    await store.write([row('b', { seq: 5 }), row('c', { seq: 5 })]);
    await store.write([row('b', { seq: 6 })]);
    expect((await store.query({ kind: 'k', limit: 10 })).map(({ id, seq }) => `${id}${seq}`)).toEqual(['a1', 'b6', 'c5']);
    await expect(store.insertAll([row('c')])).rejects.toThrow();
  });

  test('lists come in the order of sort and id, from either end, and only of their parent, status and stretch', async () => {
    const store = await open(named('lists'));
    await store.insertAll([
      row('1', { sort: 'b', parent: 'p', status: 's' }),
      row('2', { sort: 'a', parent: 'p', status: 't' }),
      row('3', { sort: 'c', parent: 'q', status: 's' }),
      row('4', { sort: 'b', parent: 'p', status: 's' }),
      row('5', { sort: 'é', parent: 'p', status: 's' }),
      row('6', { sort: 'a', kind: 'other' }),
    ]);
    expect(ids(await store.query({ kind: 'k', limit: 10 }))).toEqual(['2', '1', '4', '3', '5']);
    expect(ids(await store.query({ kind: 'k', limit: 3, descending: true }))).toEqual(['5', '3', '4']);
    expect(ids(await store.query({ kind: 'k', parent: 'p', limit: 3, descending: true }))).toEqual(['5', '4', '1']);
    expect(ids(await store.query({ kind: 'k', status: 's', limit: 2 }))).toEqual(['1', '4']);
    expect(ids(await store.query({ kind: 'k', parent: 'p', status: 's', limit: 2 }))).toEqual(['1', '4']);
    expect(ids(await store.query({ kind: 'k', parent: 'p', status: 's', limit: 2, descending: true }))).toEqual(['5', '4']);
    expect(ids(await store.query({ kind: 'k', parent: 'p', sortFrom: 'b', limit: 10 }))).toEqual(['1', '4', '5']);
    expect(ids(await store.query({ kind: 'k', parent: 'p', sortFrom: 'b', limit: 1, descending: true }))).toEqual(['5']);
  });

  test('a scan meets every row once, of any kind, in the order of keys', async () => {
    const store = await open(named('scan'));
    const written = ['a', 'B', 'z', '~c', 'é', 'b/1', 'b/10', 'b/2'].map((id, i) => row(id, { kind: `k${i % 3}`, sort: '' }));
    await store.insertAll(written);
    await store.remove(['z']);
    const met: string[] = [];
    for (let after = ''; ; ) {
      const page = await store.scan(after, 3);
      met.push(...ids(page));
      if (page.length === 0) break;
      after = page.at(-1)?.id ?? '';
    }
    expect(met).toEqual(['B', 'a', 'b/1', 'b/10', 'b/2', '~c', 'é']);
  });

  test('removed rows are gone and their keys free', async () => {
    const store = await open(named('remove'));
    await store.insertAll([row('a'), row('b')]);
    await store.remove(['a', 'z']);
    expect(ids(await store.query({ kind: 'k', limit: 10 }))).toEqual(['b']);
    expect(await store.insert(row('a'))).toBe(true);
    expect(ids(await store.query({ kind: 'k', limit: 10 }))).toEqual(['a', 'b']);
  });

  test('what was written is there after closing and opening again', async () => {
    const first = await open(named('again'));
    await first.insert(row('a', { body: { amount: 1, list: [{ deep: null }] } }));
    await first.close();
    const second = await open(named('again'));
    expect((await second.load(['a']))[0]?.body).toEqual({ amount: 1, list: [{ deep: null }] });
  });
});

test('removed rows leave no trace on the disk', async () => {
  const store = await openRxKeyedStore('purge', storage);
  await store.insertAll([row('a'), row('b')]);
  await store.remove(['a']);
  const stored = await rowsOnDisk('rxdb-dexie-purge--0--rows');
  expect(stored).toEqual([expect.objectContaining({ id: 'b' })]);
});

test('only the indexes that lists use are kept', async () => {
  await openRxKeyedStore('lean', storage);
  const database = await openDatabase('rxdb-dexie-lean--0--rows');
  const indexes = [...database.transaction('docs').objectStore('docs').indexNames];
  database.close();
  expect(indexes).toEqual(['[_deleted+kind+parent+sort+id]', '[_deleted+kind+sort+id]', '[_deleted+kind+status+sort+id]']);
});

test('a removed store opens empty', async () => {
  const store = await openRxKeyedStore('gone', storage);
  await store.insert(row('a'));
  await store.close();
  await removeRxKeyedStore('gone', storage);
  expect(await (await openRxKeyedStore('gone', storage)).load(['a'])).toEqual([]);
});

async function openDatabase(name: string): Promise<IDBDatabase> {
  return answerOf(indexedDB.open(name));
}

async function rowsOnDisk(name: string): Promise<unknown[]> {
  const database = await openDatabase(name);
  const rows = await answerOf(database.transaction('docs').objectStore('docs').getAll());
  database.close();
  return rows;
}

function answerOf<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new Error('no answer')));
  });
}
