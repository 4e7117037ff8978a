import type { Env } from '#schema/env.ts';
import type { SealText } from './safety/seal-text.ts';
import type { KeyedStore } from './store/keyed-store.ts';

/**
 * Everything outside a tablet's own code: clock, network, storage, locks, other tabs. The browser's is in `browser-env.ts`; the simulator and the
 * tests bring their own, so no code under `store/`, `sync/` and `commands/` touches a global.
 */
export interface ClientEnv extends Env {
  readonly request: (request: HttpRequest) => Promise<HttpAnswer>;
  /** A socket that only pokes; the answer closes it. */
  readonly openSocket: (handlers: SocketHandlers) => () => void;
  readonly locks: Locks;
  /** Messages to the other tabs of this browser; the answer of `listen` stops listening. */
  readonly channel: (name: string) => TabChannel;
  /** Opens one keyed store; one name is one database. */
  readonly openStore: (name: string) => Promise<KeyedStore>;
  /** Removes a store nobody holds any more. */
  readonly removeStore: (name: string) => Promise<void>;
  /** A few small texts that survive and that all tabs see at once. */
  readonly local: LocalTexts;
  readonly isVisible: () => boolean;
  /** Calls back when the network came back or the app became visible; the answer stops it. */
  readonly onWake: (wake: (by: 'online' | 'visible') => void) => () => void;
  /** Where unexpected failures of background work go. */
  readonly report: (error: unknown) => void;
  /** Minutes that local time in an IANA zone is ahead of UTC at an instant. */
  readonly zoneOffsetMinutes: (timeZone: string, atMs: number) => number;
  /** Encrypts for the rescue file (SY24); null where the browser gives no WebCrypto, as on a plain http address. */
  readonly sealText: SealText | null;
  /** What the browser says of its storage (SY24); null where it says nothing. */
  readonly storageManager: BrowserStorage | null;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly body?: string;
  readonly timeoutMs: number;
}

/** An answer of any status. A request that gets none rejects. */
export interface HttpAnswer {
  readonly status: number;
  readonly header: (name: string) => string | null;
  readonly json: () => Promise<unknown>;
  /** The body line by line, as it arrives. */
  readonly lines: () => AsyncIterable<string>;
}

export interface SocketHandlers {
  readonly onPoke: (message: unknown) => void;
  readonly onConnect: () => void;
  readonly onDisconnect: () => void;
}

/** Web Locks, as far as they are used. */
export interface Locks {
  /** Runs `work` while holding the lock; waits for it. */
  readonly withLock: <T>(name: string, work: () => Promise<T>) => Promise<T>;
  /**
   * Holds the lock until `release` resolves or somebody steals it, then resolves. `steal` takes it from whoever holds it.
   */
  readonly hold: (
    name: string,
    options: { readonly steal: boolean },
    onHeld: () => void,
    release: Promise<void>,
  ) => Promise<void>;
  /** Names of the locks that any tab of this browser holds now. */
  readonly held: () => Promise<readonly string[]>;
}

/** The browser's promises about this site's storage. */
export interface BrowserStorage {
  readonly look: () => Promise<StorageLook>;
  /** Asks the browser to keep it; false when it does not promise that. */
  readonly persist: () => Promise<boolean>;
}

/** `isPersisted`: the browser promises not to clear it when the disk is full. */
export interface StorageLook {
  readonly isPersisted: boolean;
  readonly usedBytes: number;
  readonly quotaBytes: number;
}

export interface TabChannel {
  readonly post: (message: unknown) => void;
  readonly listen: (onMessage: (message: unknown) => void) => () => void;
  readonly close: () => void;
}

export interface LocalTexts {
  readonly get: (name: string) => string | null;
  readonly set: (name: string, text: string) => void;
  /** As `set`, at once and outside the databases; a browser that is killed may forget what was noted in its last seconds. */
  readonly note: (name: string, text: string) => void;
  readonly remove: (name: string) => void;
}
