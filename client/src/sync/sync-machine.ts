/**
 * When to talk to the server (SY11): a pure machine, so that every state meets every event in a test.
 *
 * Full-jitter exponential backoff, five attempts, then dormant until something says that it may work now. A wait that the server asked
 * for (`Retry-After`) is held against everything.
 */
export type SyncState =
  /** This tab does not lead. */
  | { readonly kind: 'following' }
  | { readonly kind: 'idle' }
  /** An exchange is running; `again` when something happened meanwhile. */
  | { readonly kind: 'working'; readonly again: boolean; readonly attempt: number }
  /** Backing off; `isHeld` when the server named the time. */
  | { readonly kind: 'waiting'; readonly isHeld: boolean; readonly attempt: number }
  /** Gave up for now. */
  | { readonly kind: 'dormant' };

/** What may be worth an exchange: an own act, a poke, the network, the app, the slow timer, a person. */
export const WAKE_REASONS = ['local', 'poke', 'online', 'visible', 'timer', 'tap'] as const;
export type WakeReason = (typeof WAKE_REASONS)[number];

export type SyncEvent =
  | { readonly kind: 'lead' }
  | { readonly kind: 'lose' }
  | { readonly kind: 'wake'; readonly by: WakeReason }
  | { readonly kind: 'succeeded' }
  /** `random` is uniform in [0, 1). */
  | { readonly kind: 'failed'; readonly retryAfterMs: number | null; readonly random: number }
  /** Only a person can help (sign-in, fork). */
  | { readonly kind: 'blocked' }
  | { readonly kind: 'due' };

export type SyncEffect =
  | { readonly kind: 'work' }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'cancelWait' };

export interface SyncStep {
  readonly state: SyncState;
  readonly effects: readonly SyncEffect[];
}

export const BACKOFF_BASE_MS = 1_000;
export const BACKOFF_CAP_MS = 60_000;
export const ATTEMPTS_MAX = 5;
/** A visible tab asks by itself this often (SY16). */
export const TIMER_MS = 30_000;
/** No server may silence a tablet for longer. */
export const RETRY_AFTER_MAX_MS = 15 * 60_000;

/** Upper bound of the wait after the `attempt`-th failure, counted from 1. */
export function backoffCeilingMs(attempt: number): number {
  return Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** (attempt - 1));
}

/** The next state and what to do about it. */
export function stepSync(state: SyncState, event: SyncEvent): SyncStep {
  if (event.kind === 'lose')
    return { state: { kind: 'following' }, effects: state.kind === 'waiting' ? [{ kind: 'cancelWait' }] : [] };
  switch (state.kind) {
    case 'following':
      return event.kind === 'lead' ? work(0) : stay(state);
    case 'idle':
      return event.kind === 'wake' ? work(0) : stay(state);
    case 'working':
      return stepWorking(state, event);
    case 'waiting':
      return stepWaiting(state, event);
    case 'dormant':
      return event.kind === 'wake' && event.by !== 'local' ? work(0) : stay(state);
  }
}

function stepWorking(state: Extract<SyncState, { kind: 'working' }>, event: SyncEvent): SyncStep {
  switch (event.kind) {
    case 'wake':
      return stay({ ...state, again: true });
    case 'succeeded':
      return state.again ? work(0) : stay({ kind: 'idle' });
    case 'blocked':
      return stay({ kind: 'dormant' });
    case 'failed': {
      const attempt = state.attempt + 1;
      if (event.retryAfterMs !== null) {
        const ms = Math.min(event.retryAfterMs, RETRY_AFTER_MAX_MS);
        return {
          state: { kind: 'waiting', isHeld: true, attempt: Math.min(attempt, ATTEMPTS_MAX - 1) },
          effects: [{ kind: 'wait', ms }],
        };
      }
      if (attempt >= ATTEMPTS_MAX) return stay({ kind: 'dormant' });
      const ms = Math.floor(event.random * backoffCeilingMs(attempt));
      return { state: { kind: 'waiting', isHeld: false, attempt }, effects: [{ kind: 'wait', ms }] };
    }
    default:
      return stay(state);
  }
}

function stepWaiting(state: Extract<SyncState, { kind: 'waiting' }>, event: SyncEvent): SyncStep {
  if (event.kind === 'due') return work(state.attempt);
  const isNews = event.kind === 'wake' && event.by !== 'local' && event.by !== 'timer';
  if (!isNews || state.isHeld) return stay(state);
  return { state: { kind: 'working', again: false, attempt: 0 }, effects: [{ kind: 'cancelWait' }, { kind: 'work' }] };
}

function work(attempt: number): SyncStep {
  return { state: { kind: 'working', again: false, attempt }, effects: [{ kind: 'work' }] };
}

function stay(state: SyncState): SyncStep {
  return { state, effects: [] };
}
