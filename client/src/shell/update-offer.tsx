import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useI18n } from '../i18n/i18n-context.tsx';

/** The offer of a newer version of the app. */
export function UpdateOffer(props: {
  readonly onAccept: () => void;
  readonly onLater: () => void;
  readonly children?: ReactNode;
}) {
  const { t } = useI18n();
  return (
    <Alert color="blue" title={t('update.title')} role="status" mb="md">
      <Stack gap="xs">
        <Text>{t('update.body')}</Text>
        {props.children}
        <Group>
          <Button onClick={props.onAccept}>{t('update.now')}</Button>
          <Button variant="default" onClick={props.onLater}>
            {t('update.later')}
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}
