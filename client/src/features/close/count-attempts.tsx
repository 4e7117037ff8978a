import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import type { MutationArgs } from '#schema/mutations/registry.ts';
import type { DrawerCount } from '#schema/records/drawer-count.ts';
import type { Reconciliation } from '#schema/records/reconciliation.ts';
import { useRecords } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { useMemberName } from './use-member-name.ts';

/** Every count of the drawer, who made it and when: none is averaged, one stands until somebody takes another (C7, case 6). */
export function CountAttempts({
  reconciliation,
  isEditable,
  onTake,
}: {
  readonly reconciliation: Reconciliation;
  readonly isEditable: boolean;
  readonly onTake: (args: MutationArgs<'reconciliation.addStep'>) => void;
}) {
  const { t } = useI18n();
  const counts = useRecords('drawerCount', { parent: reconciliation.sessionId });
  if (counts.kind === 'loading' || counts.value.length < 2) return null;
  return (
    <Stack gap="xs">
      <Text fw={600}>{t('close.attempts')}</Text>
      {counts.value.map((count) => (
        <Attempt
          key={count.id}
          count={count}
          stands={count.attempt === reconciliation.attempt}
          onTake={isEditable ? () => onTake(takingOf(count, reconciliation)) : null}
        />
      ))}
    </Stack>
  );
}

function Attempt({
  count,
  stands,
  onTake,
}: {
  readonly count: DrawerCount;
  readonly stands: boolean;
  readonly onTake: (() => void) | null;
}) {
  const { t, format } = useI18n();
  const who = useMemberName(count.countedBy);
  const amounts = count.counts.map(({ countedMinor }) => format.money(countedMinor)).join(' · ');
  return (
    <Group data-testid={`attempt-${count.attempt}`}>
      <Text>{t('close.attempt', { number: count.attempt, who, time: format.dateTime(count.countedAt), amounts })}</Text>
      {stands ? (
        <Badge variant="light">{t('close.attemptStands')}</Badge>
      ) : (
        onTake && (
          <Button variant="default" size="compact-md" onClick={onTake}>
            {t('close.attemptTake')}
          </Button>
        )
      )}
    </Group>
  );
}

/** Accepts an attempt by what it counted, so that it is never another of the same number (case 6). */
function takingOf(
  { attempt, counts }: DrawerCount,
  { sessionId, variances }: Reconciliation,
): MutationArgs<'reconciliation.addStep'> {
  return {
    sessionId,
    type: 'RECOUNT',
    methodId: variances[0]?.methodId ?? counts[0]?.methodId ?? 'cash',
    toMethodId: null,
    amountMinor: 0,
    target: 'explained',
    note: '',
    evidence: null,
    attempt,
    counts: counts.map(({ methodId, countedMinor }) => ({ methodId, countedMinor })),
  };
}
