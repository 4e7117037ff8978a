import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { AUDIT_CHAIN_START, type AuditLeaf, sealLeaf } from '#schema/audit/leaf.ts';
import type { AuditEntry } from '#schema/sync/messages.ts';
import { AuditProblem, type ReadAudit, verifyWholeLog } from './audit-log.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** A log of `size` honest entries. */
function honestLog(size: number): AuditEntry[] {
  const entries: AuditEntry[] = [];
  for (let index = 0; index < size; index += 1) {
    const leaf: AuditLeaf = {
      tenantId: '0123456789abcdef',
      index,
      at: 1_000 + index,
      deviceAt: null,
      actorId: 'ana',
      role: 'owner',
      deviceId: null,
      n: null,
      action: 'auth.signIn',
      verdict: 'applied',
      codes: [],
      refs: [],
      events: ['signed_in'],
      mutationHash: null,
      prev: entries.at(-1)?.hash ?? AUDIT_CHAIN_START,
    };
    const { text, hash } = sealLeaf(leaf, sha256);
    entries.push({ index, leaf: text, hash, mutation: null, verdict: 'applied' });
  }
  return entries;
}

function serverOf(entries: readonly AuditEntry[], head = { size: entries.length, hash: entries.at(-1)?.hash ?? '' }): ReadAudit {
  return async ({ from = 0, limit }) => ({ head, entries: entries.slice(from, from + limit), next: null });
}

describe('[C17] checking the whole log in the browser', () => {
  test('an honest log of several pages fits together', async () => {
    const log = honestLog(2_500);
    const seen: number[] = [];
    const result = await verifyWholeLog(serverOf(log), sha256, ({ done }) => seen.push(done) > 0);
    expect(result).toEqual({ kind: 'good', size: 2_500, head: log.at(-1)?.hash });
    expect(seen).toEqual([1_000, 2_000]);
  });

  test('a changed entry is named by its index', async () => {
    const log = honestLog(1_200).map((entry) =>
      entry.index === 1_100 ? { ...entry, leaf: entry.leaf.replace('ana', 'max') } : entry,
    );
    expect(await verifyWholeLog(serverOf(log), sha256, () => true)).toEqual({
      kind: 'bad',
      index: 1_100,
      fault: 'hash_mismatch',
    });
  });

  test('a cut tail is noticed against the head', async () => {
    const log = honestLog(30);
    const head = { size: 30, hash: log.at(-1)?.hash ?? '' };
    expect(await verifyWholeLog(serverOf(log.slice(0, 20), head), sha256, () => true)).toEqual({
      kind: 'shorter',
      size: 20,
      headSize: 30,
    });
  });

  test('an end that is not the head’s is bad', async () => {
    const log = honestLog(3);
    const head = { size: 3, hash: 'f'.repeat(64) };
    expect(await verifyWholeLog(serverOf(log, head), sha256, () => true)).toEqual({ kind: 'bad', index: 2, fault: 'head' });
  });

  test('it can be cancelled between pages', async () => {
    expect(await verifyWholeLog(serverOf(honestLog(2_000)), sha256, () => false)).toBeNull();
  });

  test('no network is a failure, not a bad log', async () => {
    const dead: ReadAudit = async () => {
      throw new AuditProblem('no_answer');
    };
    expect(await verifyWholeLog(dead, sha256, () => true)).toEqual({ kind: 'failed', code: 'no_answer' });
  });
});
