import path from 'node:path';
import { buildClientIfStale } from './build-client.ts';
import type { Config } from './config.ts';
import { PROJECT_FOLDER } from './config.ts';
import { openDatabase } from './db/open-database.ts';
import { DEMO_ACCOUNTS, makeDemoPharmacy } from './demo/demo-pharmacy.ts';
import type { ServerEnv } from './env.ts';
import { createLog } from './log.ts';
import { type RunningServer, startServer } from './main.ts';
import { startEpochs } from './ops/start-epochs.ts';
import { loadRescueSecret } from './rescue/rescue-secret.ts';

/** A whole start in one process: database, app, server, demo. */
export interface Run {
  readonly server: RunningServer;
  /** Resolves when the database has ended, asked or not; nothing works from then on. */
  readonly databaseEnded: Promise<void>;
  readonly stop: () => Promise<void>;
}

/**
 * Starts everything and says `ready http://…` through `say` once requests are answered, then the demo accounts. With another `env` the whole product
 * runs under another clock; `distFolder` is the built app to serve.
 */
export async function run(
  config: Config,
  env: ServerEnv,
  say: (line: string) => void,
  { distFolder = path.join(PROJECT_FOLDER, 'dist') }: { readonly distFolder?: string | undefined } = {},
): Promise<Run> {
  const log = createLog(config.logLevel);
  say(`data in ${config.databaseUrl === null ? config.dataDir : 'the given database'}`);
  await buildClientIfStale(PROJECT_FOLDER);
  const database = await openDatabase({ databaseUrl: config.databaseUrl, dataDir: config.dataDir, log });
  let server: RunningServer | null = null;
  const stop = async () => {
    await server?.stop();
    await database.close();
  };
  try {
    server = await startServer({
      env,
      log,
      database,
      host: config.host,
      port: config.port,
      distFolder,
      beforeListening: (deps) => startEpochs(deps, config.dataDir),
      rescueSecret: await loadRescueSecret(config.dataDir, config.rescueSecret),
    });
    if (config.demo) await makeDemoPharmacy(server.deps, config.demoPassword);
    say(`ready ${server.url}`);
    if (config.demo)
      for (const { email, role } of DEMO_ACCOUNTS) say(`  ${role.padEnd(10)} ${email}  password ${config.demoPassword}`);
    return { server, databaseEnded: database.ended, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
