import { Alert, Center, Loader, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useI18n } from '../i18n/i18n-context.tsx';

/** What a page shows while it does not know yet. */
export function Loading() {
  const { t } = useI18n();
  return (
    <Center p="xl" role="status" aria-label={t('state.loading')}>
      <Loader />
    </Center>
  );
}

/** What a page shows when there is nothing. */
export function Empty({ children }: { readonly children: ReactNode }) {
  return (
    <Center p="xl">
      <Text c="dimmed">{children}</Text>
    </Center>
  );
}

/** A problem that stays until it is dealt with. */
export function Problem({ children }: { readonly children: ReactNode }) {
  return (
    <Alert color="red" role="alert" variant="light">
      {children}
    </Alert>
  );
}

/** Something good that happened, said without going away by itself. */
export function Done({ children }: { readonly children: ReactNode }) {
  return (
    <Alert color="teal" role="status" variant="light">
      {children}
    </Alert>
  );
}

/** A page with its title. */
export function Page({
  title,
  actions,
  children,
}: {
  readonly title: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <Stack gap="md" maw={1200} mx="auto">
      <div style={{ display: 'flex', justifyContent: 'space-between', alignItems: 'center', gap: 12, flexWrap: 'wrap' }}>
        <Title order={1} size="h2">
          {title}
        </Title>
        {actions}
      </div>
      {children}
    </Stack>
  );
}
