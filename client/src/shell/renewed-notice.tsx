import { Alert, Text } from '@mantine/core';
import { useAppControls } from '../app-controls.ts';
import { useI18n } from '../i18n/i18n-context.tsx';
import type { Renewal } from '../session.ts';

/** Says that the tablet goes on as another, and which of its tickets nobody else knows of (SY25). Stays until it is put away. */
export default function RenewedNotice() {
  const { t } = useI18n();
  const { renewal, dismissRenewal } = useAppControls();
  if (renewal?.before == null) return null;
  const { session, before } = renewal;
  const { name, number } = session.device;
  return (
    <Alert
      color="yellow"
      role="alert"
      title={t('renewed.title')}
      withCloseButton
      closeButtonLabel={t('common.close')}
      onClose={dismissRenewal}
      mb="md"
      data-testid="renewed"
    >
      <Text>{missingText(before, t)}</Text>
      <Text>{t('renewed.now', { device: t('shell.device', { name, number }) })}</Text>
    </Alert>
  );
}

function missingText({ number, receivedN, madeN }: NonNullable<Renewal['before']>, t: ReturnType<typeof useI18n>['t']): string {
  if (receivedN === null) return t('renewed.closedBefore', { number });
  if (madeN === null) return t('renewed.unknown', { number, received: receivedN });
  if (madeN <= receivedN) return t('renewed.nothing');
  return madeN - receivedN === 1
    ? t('renewed.one', { number, n: madeN })
    : t('renewed.some', { number, first: receivedN + 1, last: madeN });
}
