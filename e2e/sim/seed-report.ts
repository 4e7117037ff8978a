import { z } from 'zod';
import type { SeedResult } from './run-seed.ts';

/** What a worker says of a seed. */
export const seedReportSchema = z.strictObject({
  seed: z.int(),
  lost: z.int(),
  doubled: z.int(),
  diverged: z.int(),
  stuck: z.int(),
  /** Saved on tablets whose stores were cleared, and named by the server as missing. */
  destroyed: z.int(),
  /** The first findings, in words. */
  findings: z.array(z.string()),
  saved: z.int(),
  events: z.int(),
  healedMs: z.int(),
  digest: z.string(),
});
export type SeedReport = z.infer<typeof seedReportSchema>;

const FINDINGS_MAX = 5;

/** A result in numbers, with the first findings in words. */
export function reportOf({ seed, findings, saved, events, healedMs, digest }: SeedResult): SeedReport {
  const { lost, doubled, diverged, stuck } = findings;
  const words = Object.entries({ lost, doubled, diverged, stuck }).flatMap(([kind, all]) => all.map((one) => `${kind}: ${one}`));
  return {
    seed,
    lost: lost.length,
    doubled: doubled.length,
    diverged: diverged.length,
    stuck: stuck.length,
    destroyed: findings.destroyed.length,
    findings: words.slice(0, FINDINGS_MAX),
    saved,
    events,
    healedMs,
    digest,
  };
}

/** Whether anything was found. */
export function isBad({ lost, doubled, diverged, stuck }: SeedReport): boolean {
  return lost + doubled + diverged + stuck > 0;
}

/** What is said of a seed that could not even be run to its end. */
export function reportOfFailure(seed: number, error: unknown): SeedReport {
  const findings = [`stuck: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`];
  return {
    seed,
    lost: 0,
    doubled: 0,
    diverged: 0,
    stuck: 1,
    destroyed: 0,
    findings,
    saved: 0,
    events: 0,
    healedMs: 0,
    digest: '',
  };
}
