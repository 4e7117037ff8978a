import { startTransition, useCallback, useRef, useState } from 'react';
import type { CommandResult } from '../workspace.ts';

/**
 * One entry of a person after another: each is saved once. A second tap while the first is under way, or before the screen shows that it is saved, is no
 * second act. `clear` makes room for the next entry; it comes right after what the person waits for. What was not saved stays and can be tried again.
 */
export function useEntry(clear: () => void = () => undefined) {
  /** Also a key for fields that hold their own text. */
  const [number, setNumber] = useState(1);
  const [result, setResult] = useState<CommandResult | null>(null);
  const taken = useRef(0);
  /** What became of it, or null where it was a second tap. */
  const save = async (run: () => Promise<CommandResult>): Promise<CommandResult | null> => {
    if (taken.current === number) return null;
    taken.current = number;
    let outcome: CommandResult | null = null;
    try {
      outcome = await run();
    } finally {
      if (outcome?.kind !== 'saved') taken.current = 0;
    }
    setResult(outcome);
    if (outcome.kind !== 'saved') return outcome;
    startTransition(() => {
      clear();
      setNumber((before) => before + 1);
    });
    return outcome;
  };
  return { number, result, save, forget: useCallback(() => setResult(null), []) };
}
