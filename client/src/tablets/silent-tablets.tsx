import { Alert, List, Text } from '@mantine/core';
import { findSilentTablets } from '#schema/domain/silent-tablets.ts';
import { useRecords, useWorkspace } from '../hooks.ts';
import { useI18n } from '../i18n/i18n-context.tsx';
import { openingOfDay } from './opening-of-day.ts';
import { type ReadTablets, readTabletsOverHttp } from './read-tablets.ts';
import { useTablets } from './use-tablets.ts';

/** Sessions among which the day's first is looked for. */
const SESSIONS_READ = 100;

/** Names the tablets that were not heard of since the day began: what they did since is in none of its figures (SY25). */
export function SilentTablets({ read = readTabletsOverHttp }: { readonly read?: ReadTablets }) {
  const { t, format } = useI18n();
  const workspace = useWorkspace();
  const tablets = useTablets(read);
  const sessions = useRecords('cashSession', { descending: true, limit: SESSIONS_READ });
  const openedAt = sessions.kind === 'ready' ? openingOfDay(sessions.value) : null;
  const silent = tablets === null || openedAt === null ? [] : findSilentTablets(tablets, openedAt);
  if (silent.length === 0) return null;
  return (
    <Alert color="yellow" role="alert" title={t('tablets.silentTitle')}>
      <Text>{t('tablets.silentBody')}</Text>
      <List>
        {silent.map(({ id, name, number, receivedN, heardAt }) => (
          <List.Item key={id}>
            {t('tablets.silent', {
              device: t('shell.device', { name, number }),
              number,
              n: receivedN,
              heard: heardAt === null ? t('tablets.never') : format.ago(heardAt, workspace.now()),
            })}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}
