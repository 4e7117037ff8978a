import { expect, test } from 'vitest';
import type { TabletState } from '../api/devices.ts';
import { findSilentTablets, HEARD_LAG_MS } from './silent-tablets.ts';

const OPENED_AT = Date.UTC(2026, 10, 23, 8);

function aTablet(name: string, more: Partial<TabletState>): TabletState {
  return {
    id: 'aaaaaaaaaa01',
    name,
    number: 1,
    set: 'office',
    status: 'active',
    enrolledAt: 0,
    receivedN: 139,
    heardAt: OPENED_AT,
    ...more,
  };
}

test('[SY25] who was not heard of since the day began is named, with the lag of the note allowed for', () => {
  const tablets = [
    aTablet('heard today', { heardAt: OPENED_AT + 1 }),
    aTablet('noted just before', { heardAt: OPENED_AT - HEARD_LAG_MS }),
    aTablet('silent', { heardAt: OPENED_AT - HEARD_LAG_MS - 1 }),
    aTablet('never heard, yet received', { heardAt: null }),
    aTablet('quarantined and silent', { heardAt: 0, status: 'quarantined' }),
    aTablet('never sent anything', { heardAt: 0, receivedN: 0 }),
    aTablet('declared lost', { heardAt: 0, status: 'lost' }),
  ];
  expect(findSilentTablets(tablets, OPENED_AT).map(({ name }) => name)).toEqual([
    'silent',
    'never heard, yet received',
    'quarantined and silent',
  ]);
});
