import type { DatabaseLog } from '../db/database-log.ts';

/** A log that keeps quiet, for tests that do not look at it. */
export const SILENT_LOG: DatabaseLog = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
