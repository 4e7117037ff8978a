import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { RxStorage } from 'rxdb';
import { getRxStorageRemote, type RemoteMessageChannel } from 'rxdb/plugins/storage-remote';
import { Subject } from 'rxjs';
import { bytesToId } from '#schema/env.ts';
import type { BrowserStorage, ClientEnv, HttpAnswer, HttpRequest, LocalTexts, Locks, SocketHandlers, TabChannel } from './env.ts';
import { createSealText } from './safety/seal-text.ts';
import { openDurableTexts } from './store/durable-texts.ts';
import { openRxKeyedStore, removeRxKeyedStore } from './store/rx-keyed-store.ts';

/** The browser, as the rest of the client sees it. The only file of the client below the screens that touches globals. */
export async function createBrowserEnv(): Promise<ClientEnv> {
  const storage = workerStorage();
  const report = (error: unknown) => console.error(error);
  // Not part of what the first screen waits for, and loaded before another version of the app may take its place.
  const socketLibrary = import('socket.io-client');
  socketLibrary.catch(report);
  const { texts, settled } = await openDurableTexts(localTexts(), globalThis.indexedDB, report);
  return {
    now: () => Date.now(),
    schedule: (delayMs, task) => {
      const timer = setTimeout(task, delayMs);
      return () => clearTimeout(timer);
    },
    random: () => Math.random(),
    randomId: (length) => bytesToId(crypto.getRandomValues(new Uint8Array(length))),
    sha256: (text) => bytesToHex(sha256(utf8ToBytes(text))),
    request,
    openSocket: (handlers) => openSocket(socketLibrary, handlers),
    locks: webLocks(),
    channel: tabChannel,
    openStore: async (name) => {
      // No act is stored before it is certain that this store will be found again.
      await settled();
      return openRxKeyedStore(name, storage);
    },
    removeStore: async (name) => {
      await removeRxKeyedStore(name, storage);
      await deleteDatabasesOf(name);
    },
    local: texts,
    isVisible: () => document.visibilityState === 'visible',
    onWake: (wake) => {
      const onVisible = () => {
        if (document.visibilityState === 'visible') wake('visible');
      };
      const onOnline = () => wake('online');
      addEventListener('online', onOnline);
      document.addEventListener('visibilitychange', onVisible);
      return () => {
        removeEventListener('online', onOnline);
        document.removeEventListener('visibilitychange', onVisible);
      };
    },
    zoneOffsetMinutes,
    report,
    // Both are missing on addresses that are not secure, whatever the types say.
    sealText: 'subtle' in crypto ? createSealText(crypto) : null,
    storageManager: 'storage' in navigator ? browserStorage(navigator.storage) : null,
  };
}

function localTexts(): LocalTexts {
  return {
    get: (name) => localStorage.getItem(name),
    set: (name, text) => localStorage.setItem(name, text),
    note: (name, text) => localStorage.setItem(name, text),
    remove: (name) => localStorage.removeItem(name),
  };
}

/** IndexedDB in a worker of this tab's own. */
function workerStorage(): RxStorage<unknown, unknown> {
  return getRxStorageRemote({
    identifier: 'storage-worker',
    mode: 'one',
    messageChannelCreator: async () => {
      const worker = new Worker(new URL('./store/storage.worker.ts', import.meta.url), { type: 'module' });
      const messages$ = new Subject<unknown>();
      worker.addEventListener('message', ({ data }) => messages$.next(data));
      return {
        messages$: messages$ as unknown as RemoteMessageChannel['messages$'],
        send: (message) => worker.postMessage(message),
        close: async () => worker.terminate(),
      };
    },
  });
}

/** RxDB empties a store and leaves its databases behind. One that another tab still holds goes when that tab does. */
async function deleteDatabasesOf(storeName: string): Promise<void> {
  const databases = await indexedDB.databases();
  const names = databases.flatMap(({ name }) => (name?.startsWith(`rxdb-dexie-${storeName}--`) === true ? [name] : []));
  await Promise.all(
    names.map(
      (name) =>
        new Promise<void>((resolve) => {
          const deleting = indexedDB.deleteDatabase(name);
          for (const event of ['success', 'error', 'blocked']) deleting.addEventListener(event, () => resolve());
        }),
    ),
  );
}

async function request({ method, path, headers, body, timeoutMs }: HttpRequest): Promise<HttpAnswer> {
  const response = await fetch(path, {
    method,
    credentials: 'same-origin',
    cache: 'no-store',
    signal: AbortSignal.timeout(timeoutMs),
    ...(headers === undefined ? {} : { headers }),
    ...(body === undefined ? {} : { body }),
  });
  return {
    status: response.status,
    header: (name) => response.headers.get(name),
    json: async () => response.json() as Promise<unknown>,
    lines: () => linesOf(response),
  };
}

async function* linesOf(response: Response): AsyncGenerator<string> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (!reader) return;
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const lines = (rest + value).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

/** Where the library could not be loaded the sync loop asks by the clock, as with any broken socket. */
function openSocket(
  library: Promise<typeof import('socket.io-client')>,
  { onPoke, onConnect, onDisconnect }: SocketHandlers,
): () => void {
  let isWanted = true;
  let close = () => {
    isWanted = false;
  };
  const open = async () => {
    const { io } = await library;
    if (!isWanted) return;
    const socket = io({ transports: ['websocket'], reconnectionDelayMax: 30_000 });
    socket.on('poke', onPoke);
    socket.on('connect', onConnect);
    socket.on('disconnect', onDisconnect);
    close = () => socket.close();
  };
  open().catch(() => undefined);
  return () => close();
}

function webLocks(): Locks {
  return {
    withLock: async (name, work) => navigator.locks.request(name, work),
    hold: async (name, { steal }, onHeld, release) => {
      await navigator.locks.request(name, { steal }, async () => {
        onHeld();
        await release;
      });
    },
    held: async () => ((await navigator.locks.query()).held ?? []).flatMap(({ name }) => name ?? []),
  };
}

function tabChannel(name: string): TabChannel {
  const channel = new BroadcastChannel(name);
  return {
    post: (message) => channel.postMessage(message),
    listen: (onMessage) => {
      const listener = ({ data }: MessageEvent<unknown>) => onMessage(data);
      channel.addEventListener('message', listener);
      return () => channel.removeEventListener('message', listener);
    },
    close: () => channel.close(),
  };
}

function browserStorage(manager: StorageManager): BrowserStorage {
  return {
    look: async () => {
      const [isPersisted, { usage = 0, quota = 0 }] = await Promise.all([manager.persisted(), manager.estimate()]);
      return { isPersisted, usedBytes: usage, quotaBytes: quota };
    },
    persist: () => manager.persist(),
  };
}

const ZONE_FORMATS = new Map<string, Intl.DateTimeFormat>();

function zoneOffsetMinutes(timeZone: string, atMs: number): number {
  const format = ZONE_FORMATS.get(timeZone) ?? new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  ZONE_FORMATS.set(timeZone, format);
  const name = format.formatToParts(atMs).find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT';
  const match = /GMT([+-])(\d{2}):(\d{2})/.exec(name);
  if (!match) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return match[1] === '-' ? -minutes : minutes;
}
