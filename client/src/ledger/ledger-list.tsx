import { Button, Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useI18n } from '../i18n/i18n-context.tsx';
import { useProblemText } from '../ui/problem-text.ts';
import { Loading, Problem } from '../ui/states.tsx';
import type { Ledger } from './use-ledger.ts';

/**
 * Ledger lines as `children` shows them, and how the list ends: the next of them, older ones from the server, or why those cannot be had (SY17). Never says that
 * there is nothing when the months that are kept here may hide something.
 */
export function LedgerList<Line>({
  ledger,
  children,
}: {
  readonly ledger: Ledger<Line>;
  readonly children: (lines: readonly Line[]) => ReactNode;
}) {
  const { t } = useI18n();
  if (ledger.kind === 'loading') return <Loading />;
  if (ledger.kind === 'notKept') return <Text c="dimmed">{t('ledger.notKept')}</Text>;
  return (
    <Stack gap="xs">
      {ledger.lines.length > 0 && children(ledger.lines)}
      <End {...ledger} />
    </Stack>
  );
}

function End({ lines, end, heldFrom, showMore }: Extract<Ledger<unknown>, { kind: 'lines' }>) {
  const { t, format } = useI18n();
  const problemText = useProblemText();
  const date = format.date(heldFrom);
  const count = lines.length;
  const countText = count === 0 ? t('ledger.noneSince', { date }) : t('ledger.count', { count });
  const button = (label: string) => (
    <Button variant="default" onClick={showMore} loading={end.kind === 'loading'}>
      {label}
    </Button>
  );
  switch (end.kind) {
    case 'complete':
      if (count === 0) return <Text c="dimmed">{t('ledger.none')}</Text>;
      return end.wasAsked ? <Said>{t('ledger.all', { count })}</Said> : null;
    case 'more':
      return <Next said={countText}>{button(t('ledger.showMore'))}</Next>;
    case 'older':
      return <Next said={countText}>{button(t('ledger.showOlder', { date }))}</Next>;
    case 'loading':
      return <Next said={t('ledger.loading', { date })}>{button(t('ledger.showOlder', { date }))}</Next>;
    case 'offline':
      return <Next said={t('ledger.offline', { date })}>{button(t('common.retry'))}</Next>;
    case 'failed':
      return (
        <Problem>
          <Stack gap="sm" align="start">
            {t('ledger.failed', { date, reason: problemText(end.code) })}
            {button(t('common.retry'))}
          </Stack>
        </Problem>
      );
  }
}

function Next({ said, children }: { readonly said: string; readonly children: ReactNode }) {
  return (
    <Group gap="sm">
      {children}
      <Said>{said}</Said>
    </Group>
  );
}

function Said({ children }: { readonly children: ReactNode }) {
  return (
    <Text c="dimmed" role="status" style={{ flex: '1 1 200px' }}>
      {children}
    </Text>
  );
}
