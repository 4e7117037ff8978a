import { exposeRxStorageRemote } from 'rxdb/plugins/storage-remote';
import { Subject } from 'rxjs';
import { createDexieStorage } from './dexie-storage.ts';

/**
 * IndexedDB lives in this worker, so that a snapshot of 100,000 records never holds the counter's screen. Every write transaction is flushed to disk
 * before it is said to be done (`strict`, SY2).
 */
type Exposed = Parameters<typeof exposeRxStorageRemote>[0];

const messages$ = new Subject<unknown>();
self.addEventListener('message', ({ data }) => messages$.next(data));

exposeRxStorageRemote({
  storage: createDexieStorage(),
  messages$: messages$ as unknown as Exposed['messages$'],
  send: (message) => self.postMessage(message),
});
