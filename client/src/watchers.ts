/** What a watcher looks at: records as the overlay shows them, or the sync and its queue. */
export type Topic = 'records' | 'status';

/** Live readings of a workspace: each reads now and after every change of its topic, one reading at a time. */
export class Watchers {
  readonly #looks = new Map<() => void, Topic>();

  /** Something of this topic may have changed. */
  tell(topic: 'status' | 'all'): void {
    for (const [look, own] of this.#looks) if (topic === 'all' || own === topic) look();
  }

  /** Starts a reading; the answer stops it. Changes that come while it reads lead to one more reading, not to many. */
  start<Value>(
    topic: Topic,
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
    this.#looks.set(look, topic);
    look();
    return () => {
      isStopped = true;
      this.#looks.delete(look);
    };
  }
}
