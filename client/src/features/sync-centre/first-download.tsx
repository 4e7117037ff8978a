import { Center, Progress, Stack, Text, Title } from '@mantine/core';
import { useSyncStatus } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { useProblemText } from '../../ui/problem-text.ts';
import { Problem } from '../../ui/states.tsx';

/** A new tablet fetches the pharmacy once; this says how far it is. */
export function FirstDownload() {
  const { t } = useI18n();
  const problemText = useProblemText();
  const status = useSyncStatus();
  const snapshot = status.kind === 'ready' ? status.value.snapshot : null;
  const lastError = status.kind === 'ready' ? status.value.lastError : null;
  return (
    <Center mih={300}>
      <Stack w="min(480px, 100%)">
        <Title order={1} size="h3">
          {t('shell.firstDownload')}
        </Title>
        <Progress
          value={snapshot && snapshot.total > 0 ? (100 * snapshot.received) / snapshot.total : 0}
          aria-label={t('shell.firstDownload')}
        />
        <Text c="dimmed">
          {snapshot
            ? t('shell.firstDownloadCount', { received: snapshot.received, total: snapshot.total })
            : t('shell.firstDownloadWaits')}
        </Text>
        {lastError !== null && <Problem>{problemText(lastError.code)}</Problem>}
      </Stack>
    </Center>
  );
}
