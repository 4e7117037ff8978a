import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { err, ok, type Result } from '#schema/result.ts';

/** The repository's folder; the default data folder and the built PWA lie in it. */
export const PROJECT_FOLDER = fileURLToPath(new URL('../../', import.meta.url));

const portSchema = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a number')
  .transform(Number)
  .refine((port) => port <= 65_535, 'must be at most 65535');

/**
 * Every environment variable the server knows; nothing else reads the environment. `DEMO=0` starts without the demo pharmacy,
 * `PORT=0` lets the system choose a port.
 */
const environmentSchema = z.object({
  /** Port to listen on; the next free one when taken. */
  PORT: portSchema.default(8080),
  /** Address to listen on. */
  HOST: z.string().min(1).default('127.0.0.1'),
  /** Where the embedded database and everything else that must survive is kept. */
  DATA_DIR: z.string().min(1).optional(),
  /** A PostgreSQL (15 or newer) to use instead of the embedded one. */
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must start with postgres:// or postgresql://')
    .optional(),
  /** What rescue keys follow from, 64 hex digits; left out, it is made and kept in `DATA_DIR/keys`. All servers of one database need the same. */
  RESCUE_SECRET: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits, lower case')
    .optional(),
  /** `1` makes the demo pharmacy when it is not there. */
  DEMO: z.enum(['0', '1']).default('1'),
  /** Password of the demo accounts. */
  DEMO_PASSWORD: z.string().min(8, 'must have at least 8 characters').max(200).default('demo-pharmacy'),
  /** Least important level that is logged. */
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

/** How the server is to run. */
export interface Config {
  readonly port: number;
  readonly host: string;
  /** Absolute. */
  readonly dataDir: string;
  /** Null: the embedded database. */
  readonly databaseUrl: string | null;
  /** 64 hex digits; null: the one kept in the data folder. */
  readonly rescueSecret: string | null;
  readonly demo: boolean;
  readonly demoPassword: string;
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
}

/**
 * Reads the environment. An empty variable counts as not set. The error lists every fault, one line each: `NAME: problem`.
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Result<Config, readonly string[]> {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = environmentSchema.safeParse(given);
  if (!parsed.success) return err(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
  const { PORT, HOST, DATA_DIR, DATABASE_URL, RESCUE_SECRET, DEMO, DEMO_PASSWORD, LOG_LEVEL } = parsed.data;
  return ok({
    port: PORT,
    host: HOST,
    dataDir: path.resolve(PROJECT_FOLDER, DATA_DIR ?? '.data'),
    databaseUrl: DATABASE_URL ?? null,
    rescueSecret: RESCUE_SECRET ?? null,
    demo: DEMO === '1',
    demoPassword: DEMO_PASSWORD,
    logLevel: LOG_LEVEL,
  });
}
