import type { RecordKind } from '#schema/records/registry.ts';

/** What a watcher looks at: records of a kind as the overlay shows them, the outbox, or how the sync is getting on. */
export type Topic = RecordKind | 'outbox' | 'progress';

interface Listener<Value> {
  readonly onValue: (value: Value) => void;
  /** The first reading that began after it came: nobody is told what was so before. */
  readonly firstReading: number;
}

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
    return this.share(topics, read, onError)(onValue);
  }

  /** The same reading for any number of listeners: it is made once for all of them, and while there are any. The answer adds one. */
  share<Value>(
    topics: readonly Topic[],
    read: () => Promise<Value>,
    onError: (error: unknown) => void,
  ): (onValue: (value: Value) => void) => () => void {
    const listeners = new Set<Listener<Value>>();
    let readings = 0;
    let isReading = false;
    let isStale = false;
    const readOn = async () => {
      isReading = true;
      try {
        do {
          isStale = false;
          readings += 1;
          const value = await read();
          for (const listener of listeners)
            if (listeners.has(listener) && listener.firstReading <= readings) listener.onValue(value);
        } while (isStale && listeners.size > 0);
      } finally {
        isReading = false;
      }
    };
    const look = () => {
      if (isReading) isStale = true;
      else readOn().catch(onError);
    };
    return (onValue) => {
      const listener = { onValue, firstReading: readings + 1 };
      listeners.add(listener);
      this.#looks.set(look, topics);
      look();
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) this.#looks.delete(look);
      };
    };
  }
}
