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
