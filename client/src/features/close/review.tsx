import { Alert, Badge, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { strictestVarianceClass } from '#schema/domain/variance.ts';
import type { MutationArgs, MutationName } from '#schema/mutations/registry.ts';
import { canDo } from '#schema/permissions.ts';
import type { Reconciliation } from '#schema/records/reconciliation.ts';
import { useWorkspace } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { useMemberName } from './use-member-name.ts';

interface ReviewProps {
  readonly reconciliation: Reconciliation;
  readonly act: <Name extends MutationName>(name: Name, args: MutationArgs<Name>) => Promise<unknown>;
}

/** Where the review of a close stands, who decided what and why, and what the person here may do about it (C8, C9, cases 7, 8). */
export function Review({ reconciliation, act }: ReviewProps) {
  const { t, format } = useI18n();
  const decidedBy = useMemberName(reconciliation.decidedBy);
  const { status, decidedAt, decisionNote } = reconciliation;
  if (status === 'rejected' && decidedAt !== null)
    return (
      <Alert color="red" role="status">
        {t('close.rejectedBy', { who: decidedBy, time: format.dateTime(decidedAt), note: decisionNote ?? '' })}
      </Alert>
    );
  if (status === 'approved') return <Badge color="teal">{t('close.approved')}</Badge>;
  if (status !== 'submitted') return null;
  return (
    <>
      <Badge>{t('close.submitted')}</Badge>
      <Decide reconciliation={reconciliation} act={act} />
    </>
  );
}

function Decide({ reconciliation, act }: ReviewProps) {
  const { t } = useI18n();
  const { actor } = useWorkspace();
  const [note, setNote] = useState('');
  const confirmedBy = useMemberName(reconciliation.confirmedBy);
  const seen = seenOf(reconciliation);
  const needsSecond = strictestVarianceClass(reconciliation.variances.map((one) => one.class)) === 'manager_and_second_person';
  return (
    <Stack gap="xs">
      {needsSecond && reconciliation.confirmedBy !== null && <Text>{t('close.confirmedBy', { who: confirmedBy })}</Text>}
      {needsSecond && reconciliation.confirmedBy === null && (
        <Group>
          <Text>{t('close.needsSecond')}</Text>
          <Button variant="default" onClick={() => void act('reconciliation.confirm', seen)}>
            {t('close.confirm')}
          </Button>
        </Group>
      )}
      {canDo(actor.role, 'reconciliation.approve') ? (
        <Group align="end">
          <Button onClick={() => void act('reconciliation.approve', seen)}>{t('close.approve')}</Button>
          <TextInput label={t('close.rejectNote')} value={note} onChange={({ currentTarget }) => setNote(currentTarget.value)} />
          <Button variant="default" color="red" onClick={() => void act('reconciliation.reject', { ...seen, note: note.trim() })}>
            {t('close.reject')}
          </Button>
        </Group>
      ) : (
        <Text c="dimmed">{t('close.waiting')}</Text>
      )}
    </Stack>
  );
}

/** What the screen shows, as a decision names it (case 7). */
function seenOf({ sessionId, lastAttempt, revision, steps }: Reconciliation): MutationArgs<'reconciliation.approve'> {
  return { sessionId, attempt: lastAttempt, revision, steps: steps.map(({ id }) => id) };
}
