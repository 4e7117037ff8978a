import type { GiveWay } from '../apply/tenant-store.ts';

/**
 * Waits for statements that were sent together, until the last is answered. Throws what the first that failed failed with, in the order they were sent in:
 * those behind it fail only because the transaction is aborted.
 */
export async function sentTogether<T>(sent: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(sent);
  return settled.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
}

/** The same for statements that take long to make: one after another is made and sent, and others get their turn in between. */
export async function sentInTurns(giveWay: GiveWay, statements: readonly (() => Promise<unknown>)[]): Promise<void> {
  const sent: Promise<unknown>[] = [];
  for (const send of statements) {
    const one = send();
    // Heard when all are sent.
    one.catch(() => undefined);
    sent.push(one);
    const turn = giveWay();
    if (turn) await turn;
  }
  await sentTogether(sent);
}
