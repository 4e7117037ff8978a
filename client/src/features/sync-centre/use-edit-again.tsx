import { type ReactNode, useState } from 'react';
import { changesSchema } from '#schema/mutations/changes.ts';
import { itemFieldsSchema } from '#schema/records/item.ts';
import { useWorkspace } from '../../hooks.ts';
import { Outcome } from '../../ui/outcome.tsx';
import type { CommandResult, QueueEntry } from '../../workspace.ts';
import { changesAgain } from './queue-view.ts';

const itemChangesSchema = changesSchema(itemFieldsSchema);

/** Sends my values of an edit again, over what is there now (“use mine”). Only edits of a product can be sent again as they are. */
export function useEditAgain(entry: QueueEntry): {
  readonly canSend: boolean;
  readonly isBusy: boolean;
  readonly send: () => Promise<void>;
  readonly outcome: ReactNode;
} {
  const workspace = useWorkspace();
  const [result, setResult] = useState<CommandResult | null>(null);
  const [isBusy, setBusy] = useState(false);
  const { itemId } = entry.mutation.args;
  const changes = itemChangesSchema.safeParse(changesAgain(entry.receipt?.conflicts ?? []));
  const canSend = entry.mutation.name === 'item.edit' && typeof itemId === 'string' && changes.success;
  return {
    canSend,
    isBusy,
    outcome: <Outcome result={result} />,
    send: async () => {
      if (!canSend || typeof itemId !== 'string' || !changes.success) return;
      setBusy(true);
      const next = await workspace.run('item.edit', { itemId, changes: changes.data });
      setResult(next);
      setBusy(false);
      if (next.kind === 'saved') workspace.dismiss(entry.mutation.n);
    },
  };
}
