import { DAY_MS } from '#schema/time.ts';
import type { SyncStatus } from '../workspace.ts';

/** What the badge shows (SY23). `tone` amber after a day of unsent work, red after three or when something needs a person. */
export interface BadgeView {
  readonly connection: SyncStatus['connection'];
  readonly unsent: number;
  readonly oldestUnsentAt: number | null;
  readonly attention: number;
  readonly tone: 'calm' | 'quiet' | 'amber' | 'red';
}

/** Badge of a sync state at an instant (epoch ms). Offline alone is quiet: it is how the tablet is meant to work. */
export function viewBadge(status: SyncStatus, nowMs: number): BadgeView {
  const { connection, unsent, oldestUnsentAt, attention, lastError } = status;
  const ageMs = unsent > 0 && oldestUnsentAt !== null ? nowMs - oldestUnsentAt : 0;
  // Nothing more can be sent before a manager has looked.
  const isForked = lastError?.code === 'forked';
  const isBlocked = connection === 'update_required' || connection === 'sign_in';
  const tone =
    attention > 0 || isForked || ageMs >= 3 * DAY_MS
      ? 'red'
      : ageMs >= DAY_MS || isBlocked
        ? 'amber'
        : connection === 'offline'
          ? 'quiet'
          : 'calm';
  return { connection, unsent, oldestUnsentAt, attention, tone };
}
