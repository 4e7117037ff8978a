import { recordIdOf } from '#schema/ids.ts';
import type { Mutation } from '#schema/sync/mutation.ts';
import type { Verdict } from '#schema/sync/receipt.ts';
import type { QueueEntry } from '../workspace.ts';
import type { Outbox, OutboxEntry } from './outbox.ts';
import { bodyOf, type OverlayStore } from './overlay-store.ts';

/** What became of own acts: what the server said of each, and what this device expects while it has said nothing. */
export async function readQueue(
  overlay: OverlayStore,
  dismissed: ReadonlySet<number>,
  entries: readonly OutboxEntry[],
): Promise<QueueEntry[]> {
  const ackedN = overlay.base()?.ackedN ?? 0;
  const judgements = overlay.overlay()?.judgements;
  const troubled = entries.filter(({ receipt }) => receipt !== null && receipt.verdict !== 'applied');
  const found = await overlay.readMany(
    'exception',
    troubled.map(({ mutation }) => exceptionIdOf(mutation)),
  );
  const exceptions = new Map(found.map((stored) => [stored.body.id, bodyOf('exception', stored)]));
  return entries.map(({ mutation, receipt }): QueueEntry => {
    const exception = exceptions.get(exceptionIdOf(mutation)) ?? null;
    const expected = receipt === null ? (judgements?.get(mutation.n)?.receipt ?? null) : null;
    const isTrouble = receipt === null ? isForeseenTrouble(expected?.verdict) : receipt.verdict !== 'applied';
    return {
      mutation,
      stage: stageOf(receipt !== null, mutation.n <= ackedN),
      verdict: receipt?.verdict ?? null,
      receipt,
      expected,
      exception,
      needsMe: isTrouble && exception?.status !== 'resolved' && !dismissed.has(mutation.n),
    };
  });
}

/** Own acts that need somebody, newest first: however long ago the act, and however many came after it (SY21, SY23). */
export async function readTrouble(outbox: Outbox, overlay: OverlayStore, dismissed: ReadonlySet<number>): Promise<QueueEntry[]> {
  // The fold has judged every unsent act: only those it expects trouble for are read.
  const foreseen = [...(overlay.overlay()?.judgements ?? [])].filter(([, { receipt }]) => isForeseenTrouble(receipt.verdict));
  const unsent = (await outbox.load(foreseen.map(([n]) => n))).filter(({ receipt }) => receipt === null);
  const all = await readQueue(overlay, dismissed, [...unsent.toReversed(), ...(await outbox.troubled())]);
  return all.filter(({ needsMe }) => needsMe);
}

/** Waiting to be sent, only what will not be taken as it is needs somebody now (SY21): flags are told by the server. */
function isForeseenTrouble(verdict: Verdict | undefined): boolean {
  return verdict === 'refused' || verdict === 'merged';
}

/** The record that shows a manager what became of an act. */
function exceptionIdOf({ deviceId, n }: Mutation): string {
  return recordIdOf(deviceId, n, 'x');
}

function stageOf(isReceipted: boolean, isInside: boolean): QueueEntry['stage'] {
  if (!isReceipted) return 'saved';
  return isInside ? 'confirmed' : 'sent';
}
