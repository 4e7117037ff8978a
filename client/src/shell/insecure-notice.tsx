import { Alert, Text } from '@mantine/core';
import { useI18n } from '../i18n/i18n-context.tsx';

/** Says what to do where the browser lacks what saving needs (a plain http address, mostly). Nothing when all is there. */
export function InsecureNotice({ missing }: { readonly missing: readonly string[] }) {
  const { t } = useI18n();
  if (missing.length === 0) return null;
  return (
    <Alert role="alert" color="red" radius={0} title={t('insecure.title')}>
      <Text>{t('insecure.body')}</Text>
      <Text size="sm">{t('insecure.missing', { features: missing.join(', ') })}</Text>
    </Alert>
  );
}
