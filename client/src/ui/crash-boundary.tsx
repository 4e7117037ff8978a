import { Alert, Button, Stack, Text } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { useI18n } from '../i18n/i18n-context.tsx';

/** Catches a crash of the screen below it, so that the frame with its badge stays. Give it a key that changes with the screen. */
export class CrashBoundary extends Component<{ readonly children: ReactNode }, { readonly problem: string | null }> {
  override state: { readonly problem: string | null } = { problem: null };

  static getDerivedStateFromError(error: unknown) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }

  override render() {
    return this.state.problem === null ? this.props.children : <CrashNotice problem={this.state.problem} />;
  }
}

function CrashNotice({ problem }: { readonly problem: string }) {
  const { t } = useI18n();
  return (
    <Alert role="alert" color="red" title={t('state.crashTitle')}>
      <Stack align="flex-start" gap="sm">
        <Text>{t('state.crashBody', { problem })}</Text>
        <Button onClick={() => window.location.reload()}>{t('state.reload')}</Button>
      </Stack>
    </Alert>
  );
}
