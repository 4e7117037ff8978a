import { Button, Stack } from '@mantine/core';
import { useState } from 'react';
import type { CashSession } from '#schema/records/cash-session.ts';
import type { Shop } from '#schema/records/shop.ts';
import { useWorkspace } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { Outcome } from '../../ui/outcome.tsx';
import { useEntry } from '../../ui/use-entry.ts';
import { CountForm } from './count-form.tsx';

/** Counts the drawer of a closed session once more: one attempt beside the others, and a review that had begun starts again (C7). */
export function Recount({ session, shop }: { readonly session: CashSession; readonly shop: Shop }) {
  const { t } = useI18n();
  const workspace = useWorkspace();
  const [isOpen, setOpen] = useState(false);
  const { result, save } = useEntry(() => setOpen(false));
  return (
    <Stack gap="xs" align="start">
      {isOpen ? (
        <CountForm
          shop={shop}
          seal={t('close.recountSeal')}
          onSeal={(counts) => void save(() => workspace.run('cashSession.recount', { sessionId: session.id, counts }))}
        />
      ) : (
        <Button variant="default" onClick={() => setOpen(true)}>
          {t('close.recount')}
        </Button>
      )}
      <Outcome result={result} />
    </Stack>
  );
}
