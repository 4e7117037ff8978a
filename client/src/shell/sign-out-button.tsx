import { Button } from '@mantine/core';
import { useState } from 'react';
import { useSyncStatus } from '../hooks.ts';
import { useI18n } from '../i18n/i18n-context.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';

/** Signs out; asks first and says what is unsent. The queue is kept in every case (SY11, SY25). */
export function SignOutButton({ onLeave }: { readonly onLeave: () => void }) {
  const { t } = useI18n();
  const status = useSyncStatus();
  const [isAsking, setAsking] = useState(false);
  const unsent = status.kind === 'ready' ? status.value.unsent : 0;
  return (
    <>
      <Button variant="default" onClick={() => setAsking(true)}>
        {t('shell.signOut')}
      </Button>
      <ConfirmDialog
        opened={isAsking}
        title={t('shell.signOutTitle')}
        body={t('shell.signOutBody')}
        {...(unsent > 0 ? { losing: t('shell.signOutUnsent', { count: unsent }) } : {})}
        confirmLabel={t('shell.signOut')}
        danger={unsent > 0}
        onClose={() => setAsking(false)}
        onConfirm={onLeave}
      />
    </>
  );
}
