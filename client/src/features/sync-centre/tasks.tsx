import { Button, Card, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import { canDo } from '#schema/permissions.ts';
import type { Exception } from '#schema/records/exception.ts';
import { useRecord, useRecords, useWorkspace } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { Outcome } from '../../ui/outcome.tsx';
import { useProblemText } from '../../ui/problem-text.ts';
import type { CommandResult } from '../../workspace.ts';
import { useItemName, useNames } from './use-names.ts';

const TASKS_SHOWN = 50;

/** Open exceptions of the whole pharmacy: kept acts that somebody must look at. Whoever may, deals with them with a word of why. */
export function Tasks() {
  const { t } = useI18n();
  const tasks = useRecords('exception', { status: 'open', descending: true, limit: TASKS_SHOWN });
  if (tasks.kind === 'loading' || tasks.value.length === 0) return null;
  return (
    <Card withBorder>
      <Title order={2} size="h4" mb="sm">
        {t('sync.tasks')}
      </Title>
      {tasks.value.map((task) => (
        <Task key={task.id} task={task} />
      ))}
    </Card>
  );
}

function Task({ task }: { readonly task: Exception }) {
  const { t, format, findLabel } = useI18n();
  const { actor } = useWorkspace();
  const problemText = useProblemText();
  const nameOf = useNames();
  const device = useRecord('device', task.deviceId);
  const itemName = useItemName(
    task.aboutKind === 'item' ? task.aboutId : task.aboutKind === 'lot' ? itemIdOfLot(task.aboutId) : null,
  );
  const who = task.actorId === null ? t('common.unknown') : (nameOf(task.actorId) ?? t('common.someone'));
  const tablet = device.kind === 'ready' && device.value ? device.value.name : t('common.unknown');
  return (
    <Card.Section withBorder p="sm">
      <Stack gap={4}>
        <Text fw={600}>
          {findLabel(`act.${task.mutationName}`) ?? task.mutationName}
          {itemName === null ? '' : ` · ${itemName}`}
        </Text>
        <Text>{task.codes.map(problemText).join('; ')}</Text>
        {task.amountMinor !== null && (
          <Text fz="sm">{t('sync.effectMoney', { amount: format.signedMoney(task.amountMinor) })}</Text>
        )}
        {task.units !== null && <Text fz="sm">{t('sync.effectUnits', { units: format.signedNumber(task.units) })}</Text>}
        <Text fz="sm" c="dimmed">
          {t('sync.taskBy', { who, tablet, when: format.dateTime(task.raisedAt) })}
        </Text>
        {canDo(actor.role, 'exception.resolve') ? <Resolve task={task} /> : <Text fz="sm">{t('sync.askManager')}</Text>}
      </Stack>
    </Card.Section>
  );
}

function Resolve({ task }: { readonly task: Exception }) {
  const { t } = useI18n();
  const workspace = useWorkspace();
  const [resolution, setResolution] = useState('');
  const [result, setResult] = useState<CommandResult | null>(null);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void workspace.run('exception.resolve', { exceptionId: task.id, resolution: resolution.trim() }).then(setResult);
      }}
    >
      <Group align="end">
        <TextInput
          label={t('sync.resolution')}
          value={resolution}
          onChange={({ currentTarget }) => setResolution(currentTarget.value)}
          maxLength={1_000}
          style={{ flex: 1 }}
        />
        <Button type="submit" disabled={resolution.trim() === ''}>
          {t('sync.resolve')}
        </Button>
      </Group>
      <Outcome result={result} />
    </form>
  );
}

/** A lot's id starts with its item's (I3). */
function itemIdOfLot(lotId: string | null): string | null {
  return lotId?.split('~')[0] ?? null;
}
