import { type CustomTypesConfig, Pool, type PoolClient, type PoolConfig, types as pgTypes, TypeOverrides } from 'pg';
import type { DatabaseLog } from './database-log.ts';
import { FairShare } from './fair-share.ts';
import { APP_ROLE } from './roles.ts';
import { Turns, type TurnsLimits } from './turns.ts';

/** How a pool behaves; times in milliseconds. */
export interface PoolOptions {
  /** Connections at most. */
  max: number;
  /** How tenants share them; as they come, when left out. */
  turns?: TurnsLimits;
  /** Whose work goes first, counted together with that of other pools. */
  share?: FairShare;
  log: DatabaseLog;
  /**
   * Become the application role on every new connection, for a URL that signs in as somebody else (a given DATABASE_URL).
   * Not needed with the embedded database, where the application signs in as that role.
   */
  becomeAppRole?: boolean;
  /** A statement running longer is cancelled; 30,000 when left out. */
  statementTimeoutMs?: number;
  /** Shown in `pg_stat_activity`; `pharmasaas` when left out. */
  applicationName?: string;
}

/** A pool whose connections tenants are given in turn (SY12); see `withTenant`. */
export class TenantPool extends Pool {
  readonly turns: Turns;

  constructor(config: PoolConfig, turns: TurnsLimits, share: FairShare) {
    super(config);
    this.turns = new Turns(turns, share);
  }
}

/**
 * A connection pool that reads values as the rest of the server expects them: `bigint` as a number, refused when it is not a
 * safe integer (money is never rounded silently); `date` as the text `YYYY-MM-DD`, since a business date has no time zone.
 * `timestamptz` stays a `Date` and `numeric` stays text. A connection lost while idle is logged and replaced.
 */
export function createPool(url: string, options: PoolOptions): TenantPool {
  const {
    max,
    turns = { places: max, placesEach: max },
    share = new FairShare(),
    log,
    becomeAppRole = false,
    statementTimeoutMs = 30_000,
    applicationName = 'pharmasaas',
  } = options;
  const config = {
    connectionString: url,
    max,
    types: createTypeParsers(),
    application_name: applicationName,
    statement_timeout: statementTimeoutMs,
    // A transaction holds its tenant's lock; one whose owner went silent must not hold it for ever.
    idle_in_transaction_session_timeout: 60_000,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    // Statements that do not wait for each other's answers are sent at once.
    pipeline: true,
    ...(becomeAppRole ? { verify: takeAppRole } : {}),
  };
  const pool = new TenantPool(config, turns, share);
  pool.on('error', (error) => log.warn({ error: error.message }, 'An idle database connection was lost'));
  return pool;
}

/** Type parsers for one pool or client; the module-wide ones stay untouched. See `createPool` for the rules. */
export function createTypeParsers(): CustomTypesConfig {
  const types = new TypeOverrides();
  types.setTypeParser(pgTypes.builtins.INT8, parseInt8);
  types.setTypeParser(pgTypes.builtins.DATE, (text) => text);
  return types;
}

/**
 * Reads a PostgreSQL bigint.
 * @throws RangeError when the number is beyond 2^53 - 1 in either direction
 */
export function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint ${text} cannot be represented exactly; select it as text`);
  return value;
}

/** The pool hands a new connection out only after `done()`, so no query ever runs before the role is taken. */
function takeAppRole(client: PoolClient, done: (error?: Error) => void): void {
  client.query(`SET ROLE ${APP_ROLE}`, (error: Error | null) => done(error ?? undefined));
}
