import { Button, Card, Group, Stack, Text, Textarea, Title } from '@mantine/core';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { canDo } from '#schema/permissions.ts';
import type { Exception } from '#schema/records/exception.ts';
import { useRecord, useWorkspace } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { Outcome } from '../../ui/outcome.tsx';
import { Done, Empty, Loading, Page } from '../../ui/states.tsx';
import { useEntry } from '../../ui/use-entry.ts';
import { GoThere } from './choices.tsx';
import { choicesForTask, type Explanation, explainTask } from './explanation.ts';
import { ExplanationView, MadeBy } from './explanation-view.tsx';
import { overPresent, runByName } from './send-again.ts';
import { useBackground, usePresent } from './use-background.ts';

/** One task of the pharmacy: what became of somebody's act, and what a manager does about it (SY23). */
export function TaskPage() {
  const { t, findLabel } = useI18n();
  const { taskId = '' } = useParams();
  const task = useRecord('exception', taskId);
  if (task.kind === 'loading') return <Loading />;
  if (task.value === null) return <Empty>{t('explain.noTask')}</Empty>;
  const explanation = explainTask(task.value);
  return (
    <Page
      title={findLabel(`act.${explanation.name}`) ?? explanation.name}
      actions={
        <Button component={Link} to="/sync" variant="default">
          {t('explain.back')}
        </Button>
      }
    >
      <MadeBy explanation={explanation} />
      <ExplanationView explanation={explanation} isMine={false} />
      <Decide task={task.value} explanation={explanation} />
    </Page>
  );
}

function Decide({ task, explanation }: { readonly task: Exception; readonly explanation: Explanation }) {
  const { t } = useI18n();
  const workspace = useWorkspace();
  const present = usePresent(explanation);
  const background = useBackground(explanation);
  const [note, setNote] = useState('');
  const { result, save } = useEntry();
  const choices = choicesForTask(explanation, canDo(workspace.actor.role, 'exception.resolve'));
  if (choices.length === 0) return explanation.state === 'open' ? <Text>{t('sync.askManager')}</Text> : null;
  const resolve = (resolution: string) => workspace.run('exception.resolve', { exceptionId: task.id, resolution });
  // What was entered lies in the log; from it the edit is made again over what is there now.
  const held = background?.kind === 'known' ? background.held : null;
  const take = async (args: Exclude<typeof held, null>['args']) => {
    const wanted = overPresent(
      args,
      present,
      explanation.conflicts.map(({ field }) => field),
    );
    const done = wanted === null ? null : await runByName(workspace, explanation.name, wanted);
    if (done !== null && done.kind !== 'saved') return done;
    return resolve(note.trim() === '' ? t('explain.resolvedTake') : note.trim());
  };
  return (
    <Card withBorder component="section" aria-label={t('explain.choices')}>
      <Title order={2} size="h5" mb="xs">
        {t('explain.choices')}
      </Title>
      <Stack gap="sm">
        <Textarea
          label={t('sync.resolution')}
          value={note}
          onChange={({ currentTarget }) => setNote(currentTarget.value)}
          maxLength={1_000}
          rows={3}
        />
        <Group gap="xs">
          {choices.includes('use_mine') ? (
            <>
              <Button
                variant="default"
                disabled={held === null}
                onClick={() => held !== null && void save(() => take(held.args))}
              >
                {t('explain.take')}
              </Button>
              <Button
                variant="default"
                onClick={() => void save(() => resolve(note.trim() === '' ? t('explain.resolvedKeep') : note.trim()))}
              >
                {t('explain.keep_theirs')}
              </Button>
            </>
          ) : (
            <Button disabled={note.trim() === ''} onClick={() => void save(() => resolve(note.trim()))}>
              {t('sync.resolve')}
            </Button>
          )}
          <GoThere explanation={explanation} />
        </Group>
        {result?.kind === 'saved' ? <Done>{t('outcome.saved')}</Done> : <Outcome result={result} />}
      </Stack>
    </Card>
  );
}
