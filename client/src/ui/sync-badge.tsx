import { Button } from '@mantine/core';
import { Link } from 'react-router';
import { DAY_MS } from '#schema/time.ts';
import { useSyncStatus, useWorkspace } from '../hooks.ts';
import { useI18n } from '../i18n/i18n-context.tsx';
import type { SyncStatus } from '../workspace.ts';

/** Always visible: online or not, how much is unsent, what needs somebody (SY23). Opens the sync centre. */
export function SyncBadge() {
  const { t, format } = useI18n();
  const workspace = useWorkspace();
  const status = useSyncStatus();
  if (status.kind === 'loading') return null;
  const { connection, unsent, oldestUnsentAt, attention } = status.value;
  const words = [
    t(CONNECTION_WORDS[connection]),
    unsent === 0 ? t('badge.allSent') : t('badge.unsent', { count: unsent }),
    ...(oldestUnsentAt === null ? [] : [t('badge.oldest', { ago: format.ago(oldestUnsentAt, workspace.now()) })]),
    ...(attention === 0 ? [] : [t('badge.attention', { count: attention })]),
  ].join(' · ');
  return (
    <Button
      component={Link}
      to="/sync"
      variant="light"
      color={colorOf(status.value, workspace.now())}
      aria-label={t('badge.open', { state: words })}
      data-testid="sync-badge"
      data-unsent={unsent}
      data-connection={connection}
    >
      {words}
    </Button>
  );
}

const CONNECTION_WORDS = {
  online: 'badge.online',
  offline: 'badge.offline',
  sign_in: 'badge.signIn',
  update_required: 'badge.update',
} as const;

/** Amber after a day unsent, red after three or when something needs attention (SY23). */
function colorOf({ connection, oldestUnsentAt, attention }: SyncStatus, now: number): string {
  const ageMs = oldestUnsentAt === null ? 0 : now - oldestUnsentAt;
  if (attention > 0 || ageMs > 3 * DAY_MS || connection === 'sign_in' || connection === 'update_required') return 'red';
  if (ageMs > DAY_MS) return 'orange';
  return connection === 'online' ? 'teal' : 'gray';
}
