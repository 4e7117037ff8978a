import type { Pool } from 'pg';
import type { Door } from './apply/door.ts';
import type { DatabaseLog } from './db/database-log.ts';
import type { ServerEnv } from './env.ts';

/** What routes, sockets and jobs work with; made once by `main.ts`. */
export interface Deps {
  readonly env: ServerEnv;
  readonly pool: Pool;
  readonly door: Door;
  readonly log: DatabaseLog;
}
