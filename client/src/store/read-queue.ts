import { recordIdOf } from '#schema/ids.ts';
import type { Mutation } from '#schema/sync/mutation.ts';
import type { QueueEntry } from '../workspace.ts';
import type { Outbox } from './outbox.ts';
import { bodyOf, type OverlayStore } from './overlay-store.ts';

/** The newest own acts, with what the server said of each and what this device expects while it has said nothing. */
export async function readQueue(
  outbox: Outbox,
  overlay: OverlayStore,
  dismissed: ReadonlySet<number>,
  limit: number,
): Promise<QueueEntry[]> {
  const entries = await outbox.newest(limit);
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
    // Waiting to be sent, only what will be refused needs somebody now (SY21): flags are told by the server.
    const isTrouble = receipt === null ? expected?.verdict === 'refused' : receipt.verdict !== 'applied';
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

/** The record that shows a manager what became of an act. */
function exceptionIdOf({ deviceId, n }: Mutation): string {
  return recordIdOf(deviceId, n, 'x');
}

function stageOf(isReceipted: boolean, isInside: boolean): QueueEntry['stage'] {
  if (!isReceipted) return 'saved';
  return isInside ? 'confirmed' : 'sent';
}
