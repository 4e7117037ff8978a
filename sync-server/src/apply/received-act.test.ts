import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CHAIN_START, receivedMutationText, type WireMutation } from '#schema/sync/mutation.ts';
import { isPrepared, receiveAct } from './received-act.ts';
import type { DeviceState } from './tenant-store.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const device: DeviceState = {
  id: 'abcdefgh0123',
  channel: 'tablet',
  number: 1,
  status: 'active',
  lastN: 0,
  lastHash: CHAIN_START,
  lastOccurredAt: 0,
  lastContactAt: 0,
  skewFromAt: 0,
};
const good: WireMutation = {
  deviceId: device.id,
  n: 1,
  name: 'till.add',
  version: 1,
  actorId: 'ana',
  madeAt: 1_000,
  madeAtSkewMs: 0,
  businessOn: '2026-11-23',
  basis: 0,
  args: { name: 'Till' },
};

function receive(more: object) {
  return receiveAct({ ...good, ...more }, device, CHAIN_START, sha256);
}

function codeOf(more: object): string | null {
  const { act } = receive(more);
  return isPrepared(act) ? null : act.code;
}

test('[SY9] whatever JSON a device sends under a number is taken, kept as text and never throws', () => {
  const anything = fc
    .oneof(fc.json({ maxDepth: 6 }), fc.constantFrom('1e999', '"\\ud800"', '"\\u0000"'))
    .map((text): unknown => JSON.parse(text));
  fc.assert(
    fc.property(
      fc.dictionary(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...Object.keys(good))), anything),
      (more) => {
        const { text, hash, name, act } = receive({ ...more, n: 1 });
        expect(hash).toBe(sha256(text));
        expect(JSON.parse(text)).toMatchObject({ n: 1, prev: CHAIN_START });
        expect(text.includes('\u0000')).toBe(false);
        const said = isPrepared(act) ? name : JSON.stringify([name, act]);
        expect(said.isWellFormed()).toBe(true);
        expect(said).not.toMatch(/\\u0000|\\ud[89a-f]/);
      },
    ),
    { numRuns: 500 },
  );
});

test('[SY9] nesting of any depth is quarantined', () => {
  const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`) as unknown;
  expect(receive({ args: { deep } }).act).toMatchObject({ code: 'invalid_mutation', details: { problem: 'too_deep' } });
});

test('[SY1] what is understood is hashed as its device hashed it', () => {
  const { text, mutation } = receive({});
  expect(text).toBe(receivedMutationText(good, CHAIN_START));
  expect(mutation).toEqual(good);
});

test('[SY9] faults come in their order', () => {
  expect(codeOf({})).toBeNull();
  expect(codeOf({ deviceId: 'zzzzzzzz0000', actorId: 'system' })).toBe('invalid_mutation');
  expect(codeOf({ extra: 1 })).toBe('invalid_mutation');
  expect(codeOf({ actorId: 'system', name: 'no.such' })).toBe('actor_not_allowed');
  expect(codeOf({ name: 'no.such' })).toBe('unknown_mutation');
  expect(codeOf({ version: 999 })).toBe('newer_version');
  expect(codeOf({ args: {} })).toBe('invalid_args');
  for (const status of ['revoked', 'lost'] as const) {
    const { act } = receiveAct({ ...good, actorId: 'system' }, { ...device, status }, CHAIN_START, sha256);
    expect(act).toMatchObject({ code: 'device_revoked' });
  }
});
