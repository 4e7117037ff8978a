/**
 * Everything that is not a pure function of its arguments, for the code that both sides share.
 * Client and server extend it with what only they use (fetch, socket, storage, locks, database).
 * The simulator supplies its own, so no code under test reads a global clock, timer or random source.
 */
export interface Env {
  /** Wall clock, epoch milliseconds. */
  readonly now: () => number;
  /** Runs `task` once after `delayMs`; the answer cancels it. */
  readonly schedule: (delayMs: number, task: () => void) => CancelTimer;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** A fresh random identifier part: `length` characters of Crockford base 32, lower case. */
  readonly randomId: (length: number) => string;
  /** SHA-256 of the UTF-8 bytes of `text`, as lower-case hex. */
  readonly sha256: Sha256;
}

/** SHA-256 of the UTF-8 bytes of a text, as 64 lower-case hex digits. */
export type Sha256 = (text: string) => string;

/** Cancels a scheduled task; cancelling twice, or after it ran, does nothing. */
export type CancelTimer = () => void;

/** Resolves after `delayMs` of the given environment's time. */
export function delay(env: Pick<Env, 'schedule'>, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    env.schedule(delayMs, resolve);
  });
}

const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz';

/** Turns random bytes (one a character) into Crockford base 32, for implementations of `Env.randomId`. */
export function bytesToId(bytes: Uint8Array): string {
  let id = '';
  for (const byte of bytes) id += CROCKFORD.charAt(byte & 31);
  return id;
}
