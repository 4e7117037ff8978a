import { expect, test } from 'vitest';
import { DAY_MS } from '#schema/time.ts';
import { FAKE_NOW } from '../testing/fake-workspace.ts';
import type { SyncStatus } from '../workspace.ts';
import { viewBadge } from './badge-view.ts';

function status(changes: Partial<SyncStatus>): SyncStatus {
  return {
    connection: 'online',
    activity: 'idle',
    snapshot: null,
    unsent: 0,
    oldestUnsentAt: null,
    lastSuccessAt: null,
    lastError: null,
    isLeader: true,
    attention: 0,
    hasReplica: true,
    keeps: null,
    isOutdated: false,
    seq: 0,
    ...changes,
  };
}

test.each([
  ['calm with nothing unsent', {}, 'calm'],
  ['quiet offline', { connection: 'offline', unsent: 4, oldestUnsentAt: FAKE_NOW - DAY_MS + 1 }, 'quiet'],
  ['amber after a day', { unsent: 1, oldestUnsentAt: FAKE_NOW - DAY_MS }, 'amber'],
  ['red after three days', { unsent: 1, oldestUnsentAt: FAKE_NOW - 3 * DAY_MS }, 'red'],
  ['red when something needs a person', { attention: 1 }, 'red'],
  ['red when the server holds another history of this tablet', { lastError: { code: 'forked', message: '' } }, 'red'],
  ['amber when the server wants a sign-in', { connection: 'sign_in' }, 'amber'],
] as const)('[SY23] the badge is %s', (_name, changes, tone) => {
  expect(viewBadge(status(changes), FAKE_NOW).tone).toBe(tone);
});
