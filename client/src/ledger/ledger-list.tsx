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
  const count = lines.length;
  const soFar = count === 0 ? t('ledger.noneSince', { date: format.date(heldFrom) }) : t('ledger.count', { count });
  const button = (label: string) => (
    <Button variant="default" onClick={showMore} loading={end.kind === 'loading'}>
      {label}
    </Button>
  );
  switch (end.kind) {
    case 'complete':
      if (count === 0) return <Said>{t('ledger.none')}</Said>;
      return end.wasAsked ? <Said>{`${soFar} ${t('ledger.all')}`}</Said> : null;
    case 'more':
      return <Next button={button(t('ledger.showMore'))}>{soFar}</Next>;
    case 'older':
      return <Next button={button(t('ledger.showOlder'))}>{`${soFar} ${t('ledger.older')}`}</Next>;
    case 'loading':
      return <Next button={button(t('ledger.showOlder'))}>{`${soFar} ${t('ledger.loading')}`}</Next>;
    case 'offline':
      return <Next button={button(t('common.retry'))}>{`${soFar} ${t('ledger.offline')}`}</Next>;
    case 'failed':
      return (
        <Problem>
          <Stack gap="sm" align="start">
            {`${soFar} ${t('ledger.failed', { reason: problemText(end.code) })}`}
            {button(t('common.retry'))}
          </Stack>
        </Problem>
      );
  }
}

function Next({ button, children }: { readonly button: ReactNode; readonly children: ReactNode }) {
  return (
    <Group gap="sm">
      {button}
      <div style={{ flex: '1 1 200px' }}>
        <Said>{children}</Said>
      </div>
    </Group>
  );
}

function Said({ children }: { readonly children: ReactNode }) {
  return (
    <Text c="dimmed" role="status">
      {children}
    </Text>
  );
}
