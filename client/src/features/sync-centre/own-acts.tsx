import { Button, Card, SegmentedControl, Title } from '@mantine/core';
import { useState } from 'react';
import { useQueue, useSyncStatus, useTrouble } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { Empty, Loading } from '../../ui/states.tsx';
import type { QueueEntry } from '../../workspace.ts';
import { EntryCard } from './entry-card.tsx';
import { dependantsOf } from './send-again.ts';

const SHOWN_AT_ONCE = 50;
const SHOWS = ['needsMe', 'unsent', 'sent', 'all'] as const;
type Show = (typeof SHOWS)[number];

/** What this tablet did: what needs somebody, the queue, the receipts (SY23). */
export function OwnActs() {
  const { t } = useI18n();
  const [limit, setLimit] = useState(SHOWN_AT_ONCE);
  const [chosen, setChosen] = useState<Show | null>(null);
  const status = useSyncStatus();
  const queue = useQueue(limit);
  const trouble = useTrouble();
  if (queue.kind === 'loading' || trouble.kind === 'loading' || status.kind === 'loading') return <Loading />;
  const show = chosen ?? (status.value.attention > 0 ? 'needsMe' : 'all');
  const shown = show === 'needsMe' ? trouble.value : queue.value.filter(({ stage }) => isShown(show, stage));
  return (
    <Card withBorder>
      <Title order={2} size="h4" mb="sm">
        {t('sync.queue')}
      </Title>
      <SegmentedControl
        mb="sm"
        fullWidth
        size="sm"
        // Four words beside each other on a phone, each as high as a thumb.
        styles={{ label: { display: 'grid', placeItems: 'center', minHeight: 44, paddingInline: 4 } }}
        aria-label={t('sync.queue')}
        value={show}
        onChange={(value) => setChosen(SHOWS.find((one) => one === value) ?? null)}
        data={SHOWS.map((value) => ({ value, label: t(`sync.show.${value}`) }))}
      />
      {shown.length === 0 ? (
        <Empty>{t(show === 'all' ? 'sync.empty' : 'sync.emptyFilter')}</Empty>
      ) : (
        rootsOf(shown).map(({ entry, beneath }) => <EntryCard key={entry.mutation.n} entry={entry} beneath={beneath} />)
      )}
      {show !== 'needsMe' && queue.value.length === limit && (
        <Button variant="default" mt="sm" onClick={() => setLimit(limit + SHOWN_AT_ONCE)}>
          {t('sync.more')}
        </Button>
      )}
    </Card>
  );
}

function isShown(show: Show, stage: QueueEntry['stage']): boolean {
  return show === 'all' || (show === 'unsent') === (stage === 'saved');
}

/** The acts of a list, each with those beneath it that rest on it; what rests on one that is not in the list stands by itself. */
function rootsOf(entries: readonly QueueEntry[]): { entry: QueueEntry; beneath: readonly QueueEntry[] }[] {
  const withBeneath = entries.map((entry) => ({ entry, beneath: dependantsOf(entry.mutation.n, entries) }));
  const resting = new Set(withBeneath.flatMap(({ beneath }) => beneath));
  return withBeneath.filter(({ entry }) => !resting.has(entry));
}
