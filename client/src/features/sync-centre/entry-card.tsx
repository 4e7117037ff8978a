import { Anchor, Card, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { useWorkspace } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { useProblemText } from '../../ui/problem-text.ts';
import { VerdictBadge, WorkStatus } from '../../ui/status.tsx';
import type { QueueEntry } from '../../workspace.ts';
import { explainEntry } from './explanation.ts';
import { Described } from './explanation-view.tsx';

/** One own act in the list: what it was, how far it came, and in a word what is wrong; those that rest on it stand beneath it. */
export function EntryCard({ entry, beneath }: { readonly entry: QueueEntry; readonly beneath: readonly QueueEntry[] }) {
  return (
    <Card.Section withBorder p="sm">
      <Entry entry={entry} />
      {beneath.map((one) => (
        <div key={one.mutation.n} style={{ marginInlineStart: '1.5rem', marginTop: '0.75rem' }}>
          <Entry entry={one} />
        </div>
      ))}
    </Card.Section>
  );
}

function Entry({ entry }: { readonly entry: QueueEntry }) {
  const { t, format, findLabel } = useI18n();
  const { device } = useWorkspace();
  const problemText = useProblemText();
  const [isOpen, setOpen] = useState(false);
  const { mutation, stage, verdict } = entry;
  const explanation = explainEntry(entry, []);
  const isFine = explanation.outcome === 'fine';
  const reasons = explanation.codes.map(problemText).join('; ');
  return (
    <Stack gap={4} data-testid={`act-${mutation.n}`}>
      <Group justify="space-between">
        <div>
          <Text fw={600}>{findLabel(`act.${mutation.name}`) ?? mutation.name}</Text>
          <Text c="dimmed" fz="sm">
            {format.dateTime(mutation.madeAt)} · T{device.number}-{mutation.n}
          </Text>
        </div>
        <Group gap="xs">
          {verdict !== null && (verdict !== 'applied' || stage === 'confirmed') && <VerdictBadge verdict={verdict} />}
          <WorkStatus stage={stage} />
        </Group>
      </Group>
      {!isFine && (
        <Text c={entry.needsMe ? 'red' : 'dimmed'}>
          {entry.stage === 'saved' ? t('sync.willBeRefused', { reasons }) : reasons}
        </Text>
      )}
      {isFine ? (
        <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
          <summary style={{ minHeight: 44, paddingBlock: 10, cursor: 'pointer' }}>{t('sync.entered')}</summary>
          {isOpen && <Described args={mutation.args} />}
        </details>
      ) : (
        <Anchor component={Link} to={`/sync/acts/${mutation.n}`} style={{ minHeight: 44, alignContent: 'center' }}>
          {t('explain.open')}
        </Anchor>
      )}
    </Stack>
  );
}
