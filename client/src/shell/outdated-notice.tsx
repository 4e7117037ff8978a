import { Alert, Button, Stack, Text } from '@mantine/core';
import { useAppControls } from '../app-controls.ts';
import { useI18n } from '../i18n/i18n-context.tsx';
import { RescueButton } from '../safety/rescue-button.tsx';

/** Says why nothing can be entered when the server no longer speaks this version (SY13), and what to do. */
export default function OutdatedNotice() {
  const { t } = useI18n();
  const { acceptUpdate } = useAppControls();
  return (
    <Alert color="red" title={t('outdated.title')} role="alert" mb="md">
      <Stack gap="xs" align="flex-start">
        <Text>{t('outdated.body')}</Text>
        {acceptUpdate === null ? (
          <Button onClick={() => location.reload()}>{t('outdated.reload')}</Button>
        ) : (
          <Button onClick={acceptUpdate}>{t('update.now')}</Button>
        )}
        <RescueButton />
      </Stack>
    </Alert>
  );
}
