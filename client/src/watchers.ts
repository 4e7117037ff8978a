import type { RecordKind } from '#schema/records/registry.ts';

/** What a watcher looks at: records of a kind as the overlay shows them, the outbox, or how the sync is getting on. */
export type Topic = RecordKind | 'outbox' | 'progress';

/** Live readings of a workspace: each reads now and after every change of its topics, one reading at a time. */
export class Watchers {
  readonly #looks = new Map<() => void, readonly Topic[]>();

  /** Something of these topics may have changed. */
  tell(...topics: readonly Topic[]): void {
    for (const [look, own] of this.#looks) if (own.some((topic) => topics.includes(topic))) look();
  }

  /** Starts a reading; the answer stops it. Changes that come while it reads lead to one more reading, not to many. */
  start<Value>(
    topics: readonly Topic[],
    read: () => Promise<Value>,
    onValue: (value: Value) => void,
    onError: (error: unknown) => void,
  ): () => void {
    let isStopped = false;
    let isReading = false;
    let isStale = false;
    const readOn = async () => {
      isReading = true;
      try {
        do {
          isStale = false;
          const value = await read();
          if (!isStopped) onValue(value);
        } while (isStale && !isStopped);
      } finally {
        isReading = false;
      }
    };
    const look = () => {
      if (isReading) isStale = true;
      else readOn().catch(onError);
    };
    this.#looks.set(look, topics);
    look();
    return () => {
      isStopped = true;
      this.#looks.delete(look);
    };
  }
}
