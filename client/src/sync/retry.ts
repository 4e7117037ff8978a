/** Full-jitter exponential backoff: base 1 s, cap 60 s, five attempts, then dormant until something happens (SY11). */
export const RETRY_BASE_MS = 1_000;
export const RETRY_CAP_MS = 60_000;
export const RETRY_ATTEMPTS_MAX = 5;

/**
 * How long to wait after the `attempt`-th failure in a row (from 1), or null for dormant.
 * `random` is uniform in [0, 1); `retryAfterMs`, when the server named one, is the least.
 */
export function retryDelayMs(attempt: number, random: number, retryAfterMs: number | null): number | null {
  if (attempt > RETRY_ATTEMPTS_MAX) return retryAfterMs;
  const ceilingMs = Math.min(RETRY_CAP_MS, RETRY_BASE_MS * 2 ** (attempt - 1));
  return Math.max(Math.floor(random * ceilingMs), retryAfterMs ?? 0);
}
