import { Badge, type MantineColor, UnstyledButton } from '@mantine/core';
import { useEffect, useState } from 'react';
import { Link } from 'react-router';
import { useSyncStatus, useWorkspace } from '../hooks.ts';
import { useI18n } from '../i18n/i18n-context.tsx';
import { Icon } from '../ui/icons.tsx';
import { type BadgeView, viewBadge } from './badge-view.ts';

const COLORS: Record<BadgeView['tone'], MantineColor> = { calm: 'teal', quiet: 'gray', amber: 'yellow', red: 'red' };
const CONNECTIONS = {
  online: 'badge.online',
  offline: 'badge.offline',
  sign_in: 'badge.signIn',
  update_required: 'badge.update',
} as const;
const MINUTE_MS = 60_000;

/** The badge that is always visible (SY23); it opens the sync centre. Its age goes on by itself. */
export function SyncBadge() {
  const { t, format } = useI18n();
  const status = useSyncStatus();
  const now = useMinute();
  if (status.kind === 'loading') return null;
  const view = viewBadge(status.value, now);
  const words = [
    t(CONNECTIONS[view.connection]),
    view.unsent === 0 ? t('badge.allSent') : t('badge.unsent', { count: view.unsent }),
    // On a phone the end may be cut off: the age comes last.
    ...(view.attention > 0 ? [t('badge.attention', { count: view.attention })] : []),
    ...(view.unsent > 0 && view.oldestUnsentAt !== null
      ? [t('badge.oldest', { ago: format.ago(view.oldestUnsentAt, now) })]
      : []),
  ].join(' · ');
  return (
    <UnstyledButton
      component={Link}
      to="/sync"
      aria-label={t('badge.open', { state: words })}
      data-testid="sync-badge"
      data-unsent={view.unsent}
      data-connection={view.connection}
      data-leads={status.value.isLeader}
      mih={44}
      display="flex"
      style={{ alignItems: 'center' }}
    >
      <Badge
        size="xl"
        tt="none"
        variant={view.tone === 'red' ? 'filled' : 'light'}
        color={COLORS[view.tone]}
        leftSection={
          <Icon name={view.connection === 'offline' ? 'offline' : view.tone === 'red' ? 'warning' : 'sync'} size={16} />
        }
      >
        {words}
      </Badge>
    </UnstyledButton>
  );
}

/** Now, once a minute. */
function useMinute(): number {
  const workspace = useWorkspace();
  const [now, setNow] = useState(() => workspace.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(workspace.now()), MINUTE_MS);
    return () => clearInterval(timer);
  }, [workspace]);
  return now;
}
