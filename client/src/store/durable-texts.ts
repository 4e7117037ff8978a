import type { LocalTexts } from '../env.ts';

/** Texts that a kill of the browser does not take back. */
export interface DurableTexts {
  readonly texts: LocalTexts;
  /** Resolves when everything set or removed so far is on the disk. */
  readonly settled: () => Promise<void>;
}

const DATABASE = 'pharmasaas-texts';
const STORE = 'texts';

/**
 * Local texts with a strictly durable copy in IndexedDB. Chromium writes `localStorage` to the disk up to five seconds late: a tablet that was
 * killed soon after its first sign-in had forgotten which device it is, and with that the outbox of acts it had called saved (SY2). What is missing
 * from `local` at a start is put back from the copy. `report` is told when the copy cannot be written; then `local` is all there is.
 */
export async function openDurableTexts(
  local: LocalTexts,
  factory: IDBFactory,
  report: (error: unknown) => void,
): Promise<DurableTexts> {
  const database = await openDatabase(factory).catch((error: unknown) => {
    report(error);
    return null;
  });
  if (database === null) return { texts: local, settled: () => Promise.resolve() };
  for (const [name, text] of await readAll(database)) if (local.get(name) === null) local.set(name, text);
  let writing = Promise.resolve();
  /** What is not on its way to the disk yet; null for what was removed. */
  const waiting = new Map<string, string | null>();
  const writeWaiting = async () => {
    const texts = [...waiting];
    waiting.clear();
    if (texts.length > 0) await write(database, texts);
  };
  const keep = (name: string, text: string | null) => {
    waiting.set(name, text);
    writing = writing.then(writeWaiting).catch(report);
  };
  return {
    texts: {
      get: local.get,
      set: (name, text) => {
        local.set(name, text);
        keep(name, text);
      },
      note: local.note,
      remove: (name) => {
        local.remove(name);
        keep(name, null);
      },
    },
    settled: () => writing,
  };
}

async function openDatabase(factory: IDBFactory): Promise<IDBDatabase> {
  const opening = factory.open(DATABASE, 1);
  opening.addEventListener('upgradeneeded', () => opening.result.createObjectStore(STORE));
  return answerOf(opening);
}

async function readAll(database: IDBDatabase): Promise<[string, string][]> {
  const store = database.transaction(STORE).objectStore(STORE);
  const [names, texts] = await Promise.all([answerOf(store.getAllKeys()), answerOf<unknown[]>(store.getAll())]);
  return names.flatMap((name, i) => {
    const text = texts[i];
    return typeof name === 'string' && typeof text === 'string' ? [[name, text]] : [];
  });
}

function write(database: IDBDatabase, texts: readonly [name: string, text: string | null][]): Promise<void> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, 'readwrite', { durability: 'strict' });
    transaction.addEventListener('complete', () => resolve());
    transaction.addEventListener('abort', () => reject(transaction.error ?? new Error('the text was not stored')));
    const store = transaction.objectStore(STORE);
    for (const [name, text] of texts) {
      if (text === null) store.delete(name);
      else store.put(text, name);
    }
  });
}

function answerOf<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new Error('no answer')));
  });
}
