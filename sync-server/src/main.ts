import { createServer, type Server } from 'node:http';
import { availableParallelism } from 'node:os';
import { createApp } from './app.ts';
import { Door } from './apply/door.ts';
import { SessionKeeper } from './auth/sessions.ts';
import { SignInLimits } from './auth/sign-in-limits.ts';
import type { DatabaseLog } from './db/database-log.ts';
import { FairShare } from './db/fair-share.ts';
import { IdentityStore } from './db/identity-store.ts';
import { createPool } from './db/pool.ts';
import { createPostgresTenantStore } from './db/postgres-tenant-store.ts';
import type { TurnsLimits } from './db/turns.ts';
import type { Deps } from './deps.ts';
import type { ServerEnv } from './env.ts';
import { ImportJobs } from './imports/import-jobs.ts';
import { RescueKeys } from './rescue/rescue-keys.ts';
import { ReportLimits } from './sync/reports.ts';
import { NO_SOCKETS, openSockets, type Sockets } from './sync/sockets.ts';

/** A port is tried, then the next ones, so many. */
const PORTS_TRIED_MAX = 50;
/** Cores + 1 connections to Postgres serve more than a crowd does (`performance.md`); tenants share them (SY12). */
const CORES = Math.max(2, availableParallelism());
const TENANT_TURNS = { places: CORES + 1, placesEach: CORES };
/** Who sends a request is asked on connections of its own: an answer takes a moment, and does not wait for a push or a page of the same tenant. */
const IDENTITY_TURNS = { places: 2, placesEach: 2 };
/** A snapshot keeps a processor and a connection busy for seconds: those who read one wait for one another, not for pushes, nor pushes for them. */
const SNAPSHOT_TURNS = { places: CORES - 1, placesEach: 1 };

/** A listening server. */
export interface RunningServer {
  readonly url: string;
  readonly port: number;
  readonly deps: Deps;
  /** Stops accepting, finishes what is under way, closes sockets and pool. */
  readonly stop: () => Promise<void>;
}

/** Builds and starts the server on a migrated database. Only here things are put together. */
export async function startServer(options: {
  readonly env: ServerEnv;
  readonly log: DatabaseLog;
  /** Connection string, and whether its user must become the application role. */
  readonly database: { readonly url: string; readonly becomeAppRole: boolean };
  readonly host: string;
  readonly port: number;
  readonly distFolder: string;
  /** What must have happened before anybody is answered. */
  readonly beforeListening?: (deps: Deps) => Promise<void>;
  /** 32 bytes; see `rescue-secret.ts`. */
  readonly rescueSecret: Uint8Array;
}): Promise<RunningServer> {
  const { env, log, database, host, distFolder } = options;
  const share = new FairShare();
  const openPool = (turns: TurnsLimits) =>
    createPool(database.url, { max: turns.places, turns, share, log, becomeAppRole: database.becomeAppRole });
  const pools = { tenants: openPool(TENANT_TURNS), snapshots: openPool(SNAPSHOT_TURNS), identities: openPool(IDENTITY_TURNS) };
  // Commits of the first moments reach nobody: no socket can be open before the server listens.
  let sockets: Sockets = NO_SOCKETS;
  const store = createPostgresTenantStore(pools.tenants);
  const door = new Door(env, store, (tenantId, { epoch, seq }) => sockets.poke(tenantId, { epoch, seq }));
  const identities = new IdentityStore(pools.identities);
  const sessions = new SessionKeeper(env, identities);
  const deps: Deps = {
    env,
    pool: pools.tenants,
    share,
    store,
    door,
    log,
    identities,
    sessions,
    signInLimits: new SignInLimits(),
    reports: new ReportLimits(),
    snapshotStore: createPostgresTenantStore(pools.snapshots),
    imports: new ImportJobs(env),
    rescueKeys: new RescueKeys(options.rescueSecret),
    get sockets() {
      return sockets;
    },
  };
  const server = createServer(createApp(deps, distFolder));
  let isStopping = false;
  // A tablet that asks again on the connection it was just answered on would hold a stopping server open.
  server.on('request', ({ socket }, response) => response.once('finish', () => isStopping && socket.end()));
  sockets = openSockets(server, sessions);
  await options.beforeListening?.(deps);
  const port = await listen(server, host, options.port);
  return {
    url: `http://${host === '127.0.0.1' || host === '0.0.0.0' ? 'localhost' : host}:${port}`,
    port,
    deps,
    stop: async () => {
      // Ends the HTTP server too; requests under way are finished.
      isStopping = true;
      server.closeIdleConnections();
      await sockets.close();
      await deps.imports.stop();
      await door.idle();
      await Promise.all(Object.values(pools).map((pool) => pool.end()));
    },
  };
}

/** Listens on the port or the next free one. */
async function listen(server: Server, host: string, wanted: number): Promise<number> {
  for (let port = wanted; port < wanted + PORTS_TRIED_MAX; port += 1) {
    const taken = await new Promise<boolean>((resolve, reject) => {
      const onError = (error: NodeJS.ErrnoException) =>
        error.code === 'EADDRINUSE' && wanted !== 0 ? resolve(true) : reject(error);
      server.once('error', onError);
      server.listen(port, host, () => {
        server.off('error', onError);
        resolve(false);
      });
    });
    const address = server.address();
    if (!taken && address !== null && typeof address === 'object') return address.port;
  }
  throw new Error(`ports ${wanted} to ${wanted + PORTS_TRIED_MAX - 1} are taken; set PORT to another`);
}
