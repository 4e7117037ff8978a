import { expect, test } from 'vitest';
import { CHAIN_START } from '#schema/sync/mutation.ts';
import { testSha256 } from '#schema/testing/test-tenant.ts';
import { contextOf, skewFromAtOf } from './act-context.ts';
import { receiveAct } from './received-act.ts';
import type { DeviceState } from './tenant-store.ts';

const DAY = 86_400_000;
const LEFT = Date.UTC(2026, 10, 1);
const BACK = LEFT + 10 * DAY;

const DEVICE: DeviceState = {
  id: 'aaaaaaaaaa01',
  channel: 'tablet',
  number: 1,
  status: 'active',
  lastN: 0,
  lastHash: CHAIN_START,
  lastOccurredAt: 0,
  lastContactAt: LEFT,
  skewFromAt: LEFT,
};

function uncertaintyOf(device: DeviceState, n: number, madeAt: number): number | null {
  const mutation = {
    deviceId: device.id,
    n,
    name: 'till.add',
    version: 1,
    actorId: 'ana',
    madeAt,
    madeAtSkewMs: 0,
    businessOn: '2026-11-11',
    basis: 0,
    args: { name: 'Till' },
  };
  const received = receiveAct(mutation, device, device.lastHash, testSha256);
  return contextOf(received, device, BACK + 60_000, { sha256: testSha256 }).uncertaintyMs;
}

test('[I7] what a tablet did ten days offline is as unsure in its second push as in its first', () => {
  const first = uncertaintyOf(DEVICE, 1, BACK - 2_000);
  expect(first).toBe(60_000 + 10 * 60_000 - 1);
  // The first push was a contact; the second act was made before it all the same.
  const afterPush: DeviceState = {
    ...DEVICE,
    lastN: 1,
    lastOccurredAt: BACK - 2_000,
    lastContactAt: BACK,
    skewFromAt: skewFromAtOf(DEVICE, BACK - 2_000),
  };
  expect(uncertaintyOf(afterPush, 2, BACK - 1_000)).toBe(60_000 + 10 * 60_000);
});

test('[I7] what is done after the contact rests on it', () => {
  expect(uncertaintyOf({ ...DEVICE, lastContactAt: BACK }, 2, BACK + 1_000)).toBe(60_001);
});
