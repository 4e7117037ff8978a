import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { HttpProblem } from '../http/http-problem.ts';

/** Failed sign-ins allowed before waiting. */
export const FAILURES_PER_ACCOUNT = 10;
export const FAILURES_PER_ADDRESS = 50;
const WINDOW_S = 15 * 60;

/** Slows guessing of passwords: failures are counted per account and address together, and per address. In memory, one process. */
export class SignInLimits {
  readonly #byAccount = new RateLimiterMemory({ points: FAILURES_PER_ACCOUNT, duration: WINDOW_S });
  readonly #byAddress = new RateLimiterMemory({ points: FAILURES_PER_ADDRESS, duration: WINDOW_S });

  /** Throws `too_many_sign_ins` with `Retry-After` when the account or the address must wait. */
  async check(email: string, address: string): Promise<void> {
    const [account, from] = await Promise.all([this.#byAccount.get(keyOf(email, address)), this.#byAddress.get(address)]);
    if (account && account.consumedPoints >= FAILURES_PER_ACCOUNT) throw tooMany(account);
    if (from && from.consumedPoints >= FAILURES_PER_ADDRESS) throw tooMany(from);
  }

  /** Counts a failure. */
  async fail(email: string, address: string): Promise<void> {
    const failures = [this.#byAccount.consume(keyOf(email, address)), this.#byAddress.consume(address)];
    for (const outcome of await Promise.allSettled(failures)) {
      const isLimit = outcome.status === 'rejected' && outcome.reason instanceof RateLimiterRes;
      if (outcome.status === 'rejected' && !isLimit) throw outcome.reason;
    }
  }

  /** Forgets the account's failures after it signed in. */
  async succeed(email: string, address: string): Promise<void> {
    await this.#byAccount.delete(keyOf(email, address));
  }
}

function keyOf(email: string, address: string): string {
  return `${address} ${email.toLowerCase()}`;
}

function tooMany(state: RateLimiterRes): HttpProblem {
  return new HttpProblem('too_many_sign_ins', { retryAfterS: Math.max(1, Math.ceil(state.msBeforeNext / 1_000)) });
}
