import { Anchor, Card, Stack, Text, Title } from '@mantine/core';
import { Link } from 'react-router';
import type { Exception } from '#schema/records/exception.ts';
import { useRecords } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { useProblemText } from '../../ui/problem-text.ts';
import { explainTask } from './explanation.ts';
import { MadeBy } from './explanation-view.tsx';

const TASKS_SHOWN = 50;

/** Open exceptions of the whole pharmacy: kept acts that somebody must look at. */
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
  const problemText = useProblemText();
  const { question } = task.details;
  return (
    <Card.Section withBorder p="sm">
      <Stack gap={4}>
        <Text fw={600}>{findLabel(`act.${task.mutationName}`) ?? task.mutationName}</Text>
        <MadeBy explanation={explainTask(task)} />
        <Text>{task.codes.map(problemText).join('; ')}</Text>
        {typeof question === 'string' && <Text fw={600}>“{question}”</Text>}
        {task.amountMinor !== null && (
          <Text fz="sm">{t('sync.effectMoney', { amount: format.signedMoney(task.amountMinor) })}</Text>
        )}
        {task.units !== null && <Text fz="sm">{t('sync.effectUnits', { units: format.signedNumber(task.units) })}</Text>}
        <Anchor
          component={Link}
          to={`/sync/tasks/${encodeURIComponent(task.id)}`}
          style={{ minHeight: 44, alignContent: 'center' }}
        >
          {t('explain.open')}
        </Anchor>
      </Stack>
    </Card.Section>
  );
}
