import type { RxStorage } from 'rxdb';
import type { Env } from '#schema/env.ts';

/**
 * Everything outside that the tablet's code may touch. `browser-env.ts` is the only place that reads browser globals; tests and the
 * simulator bring their own, so that clock, network, locks and storage can be made to fail on purpose.
 */
export interface ClientEnv extends Env {
  /** HTTP to the own origin; `path` starts with `/api/`. Rejects when the server cannot be reached. */
  readonly fetch: (path: string, init: RequestInit) => Promise<Response>;
  /** Opens the poke socket; it reconnects by itself until closed. */
  readonly openSocket: (auth: SocketAuth, handlers: SocketHandlers) => Closable;
  readonly locks: LockPort;
  readonly storage: StoragePort;
  /** Small values that must be there before any database is open: device, last member. Shared by the tabs. */
  readonly settings: SettingsPort;
  readonly page: PagePort;
  /** Messages between the tabs of this browser; a channel does not hear itself. */
  readonly openChannel: (name: string, onMessage: (message: unknown) => void) => Channel;
  /** A worker that runs `search/search.worker.ts`, or null to search on this thread. */
  readonly openSearchWorker: (() => SearchWorkerPort) | null;
  /** Where unexpected failures go; never shown as the only trace of lost work. */
  readonly report: (error: unknown) => void;
}

/** Something held open. */
export interface Closable {
  readonly close: () => void;
}

/** What the socket's handshake carries; the cookie travels by itself. */
export interface SocketAuth {
  readonly deviceToken: string;
  readonly protocolVersion: number;
}

export interface SocketHandlers {
  /** Raw `poke` payload, unchecked. */
  readonly onPoke: (payload: unknown) => void;
  readonly onConnect: () => void;
  readonly onDisconnect: () => void;
}

/** Web Locks. `task` gets whether the lock was granted (false only with `ifAvailable`); the lock is held until it settles. */
export interface LockPort {
  readonly request: <Result>(
    name: string,
    options: {
      readonly mode?: 'exclusive' | 'shared';
      readonly ifAvailable?: boolean;
      readonly steal?: boolean;
      readonly signal?: AbortSignal;
    },
    task: (granted: boolean) => Promise<Result>,
  ) => Promise<Result>;
}

/** Durable storage. */
export interface StoragePort {
  /** RxDB storage; every write commits with strict durability (SY2). */
  readonly rx: RxStorage<unknown, unknown>;
  /** Asks the browser never to evict this origin; answers whether it promised. */
  readonly persist: () => Promise<boolean>;
  readonly estimate: () => Promise<{ readonly usageBytes: number; readonly quotaBytes: number } | null>;
}

/** A small synchronous key-value store that survives restarts. `write` throws when it cannot. */
export interface SettingsPort {
  readonly read: (key: string) => string | null;
  readonly write: (key: string, value: string | null) => void;
}

/** What the page knows of its surroundings. */
export interface PagePort {
  readonly isOnline: () => boolean;
  readonly isVisible: () => boolean;
  readonly watch: (onEvent: (event: 'online' | 'offline' | 'visible' | 'hidden') => void) => () => void;
}

export interface Channel extends Closable {
  readonly post: (message: unknown) => void;
}

export interface SearchWorkerPort extends Closable {
  readonly post: (message: unknown) => void;
  readonly onMessage: (handler: (message: unknown) => void) => void;
}
