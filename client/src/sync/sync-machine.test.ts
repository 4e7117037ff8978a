import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ATTEMPTS_MAX,
  BACKOFF_CAP_MS,
  backoffCeilingMs,
  RETRY_AFTER_MAX_MS,
  type SyncEvent,
  type SyncState,
  stepSync,
  WAKE_REASONS,
} from './sync-machine.ts';

const STATES = {
  following: { kind: 'following' },
  idle: { kind: 'idle' },
  working: { kind: 'working', again: false, attempt: 1 },
  asked: { kind: 'working', again: true, attempt: 0 },
  waiting: { kind: 'waiting', isHeld: false, attempt: 2 },
  held: { kind: 'waiting', isHeld: true, attempt: 2 },
  dormant: { kind: 'dormant' },
} satisfies Record<string, SyncState>;

const EVENTS = {
  lead: { kind: 'lead' },
  lose: { kind: 'lose' },
  local: { kind: 'wake', by: 'local' },
  timer: { kind: 'wake', by: 'timer' },
  poke: { kind: 'wake', by: 'poke' },
  succeeded: { kind: 'succeeded' },
  failed: { kind: 'failed', retryAfterMs: null, random: 0.5 },
  busy: { kind: 'failed', retryAfterMs: 7_000, random: 0.5 },
  blocked: { kind: 'blocked' },
  due: { kind: 'due' },
} satisfies Record<string, SyncEvent>;

/** state → event → next state, and `!work`, `!wait`, `!cancel` for its effects. */
const TABLE: Record<keyof typeof STATES, Record<keyof typeof EVENTS, string>> = {
  following: {
    lead: 'working !work',
    lose: 'following',
    local: 'following',
    timer: 'following',
    poke: 'following',
    succeeded: 'following',
    failed: 'following',
    busy: 'following',
    blocked: 'following',
    due: 'following',
  },
  idle: {
    lead: 'idle',
    lose: 'following',
    local: 'working !work',
    timer: 'working !work',
    poke: 'working !work',
    succeeded: 'idle',
    failed: 'idle',
    busy: 'idle',
    blocked: 'idle',
    due: 'idle',
  },
  working: {
    lead: 'working',
    lose: 'following',
    local: 'working',
    timer: 'working',
    poke: 'working',
    succeeded: 'idle',
    failed: 'waiting !wait',
    busy: 'waiting !wait',
    blocked: 'dormant',
    due: 'working',
  },
  asked: {
    lead: 'working',
    lose: 'following',
    local: 'working',
    timer: 'working',
    poke: 'working',
    succeeded: 'working !work',
    failed: 'waiting !wait',
    busy: 'waiting !wait',
    blocked: 'dormant',
    due: 'working',
  },
  waiting: {
    lead: 'waiting',
    lose: 'following !cancelWait',
    local: 'waiting',
    timer: 'waiting',
    poke: 'working !cancelWait !work',
    succeeded: 'waiting',
    failed: 'waiting',
    busy: 'waiting',
    blocked: 'waiting',
    due: 'working !work',
  },
  held: {
    lead: 'waiting',
    lose: 'following !cancelWait',
    local: 'waiting',
    timer: 'waiting',
    poke: 'waiting',
    succeeded: 'waiting',
    failed: 'waiting',
    busy: 'waiting',
    blocked: 'waiting',
    due: 'working !work',
  },
  dormant: {
    lead: 'dormant',
    lose: 'following',
    local: 'dormant',
    timer: 'working !work',
    poke: 'working !work',
    succeeded: 'dormant',
    failed: 'dormant',
    busy: 'dormant',
    blocked: 'dormant',
    due: 'dormant',
  },
};

describe('every state meets every event', () => {
  for (const [from, row] of Object.entries(TABLE)) {
    for (const [event, expected] of Object.entries(row)) {
      test(`[SY11] ${from} + ${event} → ${expected}`, () => {
        const step = stepSync(STATES[from as keyof typeof STATES], EVENTS[event as keyof typeof EVENTS]);
        expect([step.state.kind, ...step.effects.map((effect) => `!${effect.kind}`)].join(' ')).toBe(expected);
      });
    }
  }
});

test('[SY11] five failures in a row, each wait under a ceiling that doubles from one second, then dormant', () => {
  let state: SyncState = { kind: 'working', again: false, attempt: 0 };
  const waits: number[] = [];
  for (let failure = 1; failure <= ATTEMPTS_MAX; failure += 1) {
    const step = stepSync(state, { kind: 'failed', retryAfterMs: null, random: 0.999_999 });
    for (const effect of step.effects) if (effect.kind === 'wait') waits.push(effect.ms);
    state = stepSync(step.state, { kind: 'due' }).state;
  }
  expect(waits).toEqual([999, 1_999, 3_999, 7_999]);
  expect(state).toEqual({ kind: 'dormant' });
  expect(backoffCeilingMs(30)).toBe(BACKOFF_CAP_MS);
});

test('[SY11] everything but an own act wakes a dormant tablet, and starts counting anew', () => {
  for (const by of WAKE_REASONS) {
    const expected = by === 'local' ? { kind: 'dormant' } : { kind: 'working', again: false, attempt: 0 };
    expect(stepSync({ kind: 'dormant' }, { kind: 'wake', by }).state).toEqual(expected);
  }
});

test('[SY11] Retry-After is waited out whatever happens meanwhile, even after the fifth failure, but not for ever', () => {
  const busy = stepSync({ kind: 'working', again: true, attempt: 4 }, { kind: 'failed', retryAfterMs: 7_000, random: 0 });
  expect(busy.effects).toEqual([{ kind: 'wait', ms: 7_000 }]);
  for (const by of WAKE_REASONS) expect(stepSync(busy.state, { kind: 'wake', by })).toEqual({ state: busy.state, effects: [] });
  const endless = stepSync(STATES.working, { kind: 'failed', retryAfterMs: 10 ** 12, random: 0 });
  expect(endless.effects).toEqual([{ kind: 'wait', ms: RETRY_AFTER_MAX_MS }]);
});

test('[SY11] jitter is full: no wait is negative or reaches its ceiling', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: ATTEMPTS_MAX - 2 }),
      fc.double({ min: 0, max: 0.999_999, noNaN: true }),
      (attempt, random) => {
        const { effects } = stepSync({ kind: 'working', again: false, attempt }, { kind: 'failed', retryAfterMs: null, random });
        const [effect] = effects;
        const ms = effect?.kind === 'wait' ? effect.ms : -1;
        expect(ms).toBeGreaterThanOrEqual(0);
        expect(ms).toBeLessThan(backoffCeilingMs(attempt + 1));
      },
    ),
  );
});
