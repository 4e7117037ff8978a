import { Button, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { Shop } from '#schema/records/shop.ts';
import type { Till } from '#schema/records/till.ts';
import { useWorkspace } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { CashCount, type CountedCash } from '../../ui/cash-count.tsx';
import { Outcome } from '../../ui/outcome.tsx';
import { Page } from '../../ui/states.tsx';
import { useEntry } from '../../ui/use-entry.ts';

/** Opens a till with what lies in its drawer. */
export function OpenTill({ till, shop }: { readonly till: Till; readonly shop: Shop }) {
  const { t } = useI18n();
  const workspace = useWorkspace();
  const [float, setFloat] = useState<CountedCash | null>(null);
  const { result, save } = useEntry();
  const open = async () => {
    if (float === null) return;
    await save(() =>
      workspace.run('cashSession.open', {
        tillId: till.id,
        currency: shop.currency,
        floatMinor: float.amountMinor,
        floatDenominations: float.denominations,
        offsetMinutes: workspace.offsetMinutes(shop.timeZone),
      }),
    );
  };
  return (
    <Page title={t('counter.openTitle', { till: till.name })}>
      <Stack>
        <Text fw={600}>{t('counter.float')}</Text>
        <CashCount onChange={setFloat} />
        <Button size="lg" disabled={float === null} onClick={() => void open()}>
          {t('counter.open')}
        </Button>
        <Outcome result={result} />
      </Stack>
    </Page>
  );
}
