import pino from 'pino';
import type { DatabaseLog } from './db/database-log.ts';

/** Structured log on standard error, so that what a person is told on standard output stays readable. */
export function createLog(level: string): DatabaseLog {
  return pino({ level, base: null }, pino.destination(2));
}
