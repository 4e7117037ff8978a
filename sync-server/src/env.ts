import { hash, randomBytes } from 'node:crypto';
import { bytesToId, type Env } from '#schema/env.ts';

/** The server's environment: what is not a pure function of its arguments. Tests and the simulator bring their own. */
export interface ServerEnv extends Env {
  /** For work that goes on and on: a promise to wait for when others have waited long enough for their turn; null while they have not (SY12). */
  readonly giveWay: () => Promise<void> | null;
}

/** How long work may go on while others wait. */
const TURN_MS = 1;

/** Others had their turn when this process last looked for something to do. */
function createGiveWay(): ServerEnv['giveWay'] {
  let since = performance.now();
  return () => {
    if (performance.now() - since < TURN_MS) return null;
    return new Promise((resolve) => {
      setImmediate(() => {
        since = performance.now();
        resolve();
      });
    });
  };
}

/** The real thing: Node's clock, timers, random source and OpenSSL's SHA-256. */
export function createNodeEnv(): ServerEnv {
  return {
    now: () => Date.now(),
    schedule: (delayMs, task) => {
      const timer = setTimeout(task, delayMs);
      return () => clearTimeout(timer);
    },
    random: () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
    randomId: (length) => bytesToId(randomBytes(length)),
    sha256: (text) => hash('sha256', text, 'hex'),
    giveWay: createGiveWay(),
  };
}
