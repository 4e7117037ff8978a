import { Button, Card, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import type { CashSession } from '#schema/records/cash-session.ts';
import type { MethodCount } from '#schema/records/drawer-count.ts';
import type { Shop } from '#schema/records/shop.ts';
import { useWorkspace } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { Outcome } from '../../ui/outcome.tsx';
import { useEntry } from '../../ui/use-entry.ts';
import { CountForm } from './count-form.tsx';

/** Counts a till blind: nothing here knows the expected drawer (C6). */
export function CountTill({
  session,
  tillName,
  shop,
}: {
  readonly session: CashSession;
  readonly tillName: string;
  readonly shop: Shop;
}) {
  const { t } = useI18n();
  const workspace = useWorkspace();
  const [isCounting, setCounting] = useState(false);
  const { result, save } = useEntry();
  const seal = (counts: MethodCount[]) =>
    save(() => workspace.run('cashSession.close', { sessionId: session.id, tillId: session.tillId, counts }));
  const begin = async () => {
    setCounting(true);
    if (session.status === 'open') await save(() => workspace.run('cashSession.startCount', { sessionId: session.id }));
  };
  return (
    <Card withBorder role="region" aria-label={tillName}>
      <Stack>
        <Title order={2} size="h4">
          {t('close.countTitle', { till: tillName })}
        </Title>
        {isCounting ? (
          <>
            <Text c="dimmed">{t('close.blind')}</Text>
            <CountForm shop={shop} seal={t('close.seal')} onSeal={(counts) => void seal(counts)} />
            {result !== null && result.kind !== 'saved' && <Outcome result={result} />}
          </>
        ) : (
          <Button size="lg" onClick={() => void begin()}>
            {t('close.countTitle', { till: tillName })}
          </Button>
        )}
      </Stack>
    </Card>
  );
}
