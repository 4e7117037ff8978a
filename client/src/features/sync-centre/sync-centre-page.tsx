import { Alert, Button, Stack, Text } from '@mantine/core';
import { useSyncStatus, useWorkspace } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { RescueButton } from '../../safety/rescue-button.tsx';
import { useProblemText } from '../../ui/problem-text.ts';
import { Loading, Page, Problem } from '../../ui/states.tsx';
import { DataSafety } from './data-safety.tsx';
import { OwnActs } from './own-acts.tsx';
import { Tasks } from './tasks.tsx';

/** How the sync is getting on, what this tablet did and what became of it, the pharmacy's tasks, and how safe the work is (SY23, SY24). */
export function SyncCentrePage() {
  const { t, format } = useI18n();
  const workspace = useWorkspace();
  const problemText = useProblemText();
  const status = useSyncStatus();
  if (status.kind === 'loading') return <Loading />;
  const { lastSuccessAt, lastError } = status.value;
  return (
    <Page title={t('sync.title')} actions={<Button onClick={workspace.syncNow}>{t('sync.now')}</Button>}>
      <Text c="dimmed">
        {lastSuccessAt === null ? t('sync.never') : t('sync.lastSuccess', { ago: format.ago(lastSuccessAt, workspace.now()) })}
      </Text>
      {lastError?.code === 'forked' ? <Forked /> : lastError !== null && <Problem>{problemText(lastError.code)}</Problem>}
      <OwnActs />
      <Tasks />
      <DataSafety />
    </Page>
  );
}

/** The server knows another history of this tablet than its own outbox tells (SY7). */
function Forked() {
  const { t } = useI18n();
  return (
    <Alert color="red" role="alert" title={t('explain.fork')}>
      <Stack gap="xs" align="flex-start">
        <Text>{t('explain.forkBody')}</Text>
        <RescueButton />
      </Stack>
    </Alert>
  );
}
