/**
 * A stand-in for the server in the tests of its database's lifecycle: starts the database on the folder named by the first
 * argument, prints its pid and waits to be killed.
 */
import { startEmbeddedPostgres } from '../db/embedded-postgres.ts';
import { SILENT_LOG } from './silent-log.ts';

const dataDir = process.argv[2];
if (dataDir === undefined) throw new Error('usage: start-and-wait.ts DATA_DIR');
const postgres = await startEmbeddedPostgres({ dataDir, log: SILENT_LOG });
process.stdout.write(`${postgres.pid}\n`);
