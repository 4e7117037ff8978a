import { hash, randomBytes } from 'node:crypto';
import { bytesToId, type Env } from '#schema/env.ts';

/** The server's environment: what is not a pure function of its arguments. Tests and the simulator bring their own. */
export type ServerEnv = Env;

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
  };
}
