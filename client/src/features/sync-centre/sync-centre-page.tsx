import { Button, Card, SegmentedControl, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useQueue, useSyncStatus, useWorkspace } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { useProblemText } from '../../ui/problem-text.ts';
import { Empty, Loading, Page, Problem } from '../../ui/states.tsx';
import { DataSafety } from './data-safety.tsx';
import { EntryCard } from './entry-card.tsx';
import { Tasks } from './tasks.tsx';

const ENTRIES_SHOWN = 100;
type Show = 'needsMe' | 'unsent' | 'all';

/** What this tablet did and what became of it, in plain words; what was refused keeps what was entered (SY23, SY24). */
export function SyncCentrePage() {
  const { t, format } = useI18n();
  const workspace = useWorkspace();
  const problemText = useProblemText();
  const status = useSyncStatus();
  const queue = useQueue(ENTRIES_SHOWN);
  const [chosen, setShow] = useState<Show | null>(null);
  if (status.kind === 'loading' || queue.kind === 'loading') return <Loading />;
  const { lastSuccessAt, lastError, attention } = status.value;
  const show = chosen ?? (attention > 0 ? 'needsMe' : 'all');
  const shown = queue.value.filter(({ needsMe, stage }) =>
    show === 'needsMe' ? needsMe : show === 'unsent' ? stage === 'saved' : true,
  );
  return (
    <Page title={t('sync.title')} actions={<Button onClick={workspace.syncNow}>{t('sync.now')}</Button>}>
      <Text c="dimmed">
        {lastSuccessAt === null ? t('sync.never') : t('sync.lastSuccess', { ago: format.ago(lastSuccessAt, workspace.now()) })}
      </Text>
      {lastError !== null && <Problem>{problemText(lastError.code)}</Problem>}
      <Card withBorder>
        <Title order={2} size="h4" mb="sm">
          {t('sync.queue')}
        </Title>
        <SegmentedControl
          mb="sm"
          aria-label={t('sync.queue')}
          value={show}
          onChange={(value) => setShow(SHOWS.find((one) => one === value) ?? null)}
          data={SHOWS.map((value) => ({ value, label: t(`sync.show.${value}`) }))}
        />
        {shown.length === 0 ? (
          <Empty>{t(show === 'all' ? 'sync.empty' : 'sync.emptyFilter')}</Empty>
        ) : (
          shown.map((entry) => <EntryCard key={entry.mutation.n} entry={entry} />)
        )}
      </Card>
      <Tasks />
      <DataSafety />
    </Page>
  );
}

const SHOWS = ['needsMe', 'unsent', 'all'] as const satisfies readonly Show[];
