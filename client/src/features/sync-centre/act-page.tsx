import { Button, Text } from '@mantine/core';
import { Link, useParams } from 'react-router';
import { useAct, useWorkspace } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { Empty, Loading, Page } from '../../ui/states.tsx';
import { QuestionsAsked } from './ask-manager.tsx';
import { Choices } from './choices.tsx';
import { explainEntry } from './explanation.ts';
import { ExplanationView, MadeBy } from './explanation-view.tsx';

/** One own act: what became of it and why, and what to do (SY23). */
export function ActPage() {
  const { t, findLabel } = useI18n();
  const workspace = useWorkspace();
  const { n = '' } = useParams();
  const entry = useAct(Number(n));
  if (entry.kind === 'loading') return <Loading />;
  if (entry.value === null) return <Empty>{t('explain.notHere', { n })}</Empty>;
  const { mutation } = entry.value;
  const explanation = explainEntry(entry.value, workspace.subjectsOf(mutation));
  return (
    <Page
      title={findLabel(`act.${mutation.name}`) ?? mutation.name}
      actions={
        <Button component={Link} to="/sync" variant="default">
          {t('explain.back')}
        </Button>
      }
    >
      <MadeBy explanation={explanation} />
      <ExplanationView explanation={explanation} isMine />
      <QuestionsAsked deviceId={mutation.deviceId} n={mutation.n} />
      <Choices key={mutation.n} explanation={explanation} args={mutation.args} />
      {explanation.outcome === 'fine' && <Text c="dimmed">{t(`status.${entry.value.stage}Hint`)}</Text>}
    </Page>
  );
}
