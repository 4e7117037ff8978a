import { Button, Card, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { isCountedNature } from '#schema/domain/payment-nature.ts';
import type { CashSession } from '#schema/records/cash-session.ts';
import type { MethodCount } from '#schema/records/drawer-count.ts';
import type { Shop } from '#schema/records/shop.ts';
import { useWorkspace } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { CashCount, type CountedCash } from '../../ui/cash-count.tsx';
import { MoneyInput } from '../../ui/money-input.tsx';
import { Outcome } from '../../ui/outcome.tsx';
import type { CommandResult } from '../../workspace.ts';

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
  const [cash, setCash] = useState<CountedCash | null>(null);
  const [others, setOthers] = useState<Readonly<Record<string, number>>>({});
  const [result, setResult] = useState<CommandResult | null>(null);
  const methods = shop.paymentMethods.filter(({ active, nature }) => active && isCountedNature(nature));
  const seal = async () => {
    const counts = methods.flatMap(({ id, isCash }): MethodCount[] => {
      if (isCash)
        return cash === null ? [] : [{ methodId: id, countedMinor: cash.amountMinor, denominations: cash.denominations }];
      const countedMinor = others[id];
      return countedMinor === undefined ? [] : [{ methodId: id, countedMinor, denominations: null }];
    });
    setResult(await workspace.run('cashSession.close', { sessionId: session.id, tillId: session.tillId, counts }));
  };
  const begin = async () => {
    setCounting(true);
    if (session.status === 'open') setResult(await workspace.run('cashSession.startCount', { sessionId: session.id }));
  };
  const isComplete = cash !== null && methods.every(({ id, isCash }) => isCash || others[id] !== undefined);
  return (
    <Card withBorder role="region" aria-label={tillName}>
      <Stack>
        <Title order={2} size="h4">
          {t('close.countTitle', { till: tillName })}
        </Title>
        {isCounting ? (
          <>
            <Text c="dimmed">{t('close.blind')}</Text>
            <CashCount onChange={setCash} />
            {methods
              .filter(({ isCash }) => !isCash)
              .map(({ id, name }) => (
                <MoneyInput
                  key={id}
                  label={t('close.method', { method: name })}
                  onChange={(amountMinor) => {
                    const { [id]: _old, ...rest } = others;
                    setOthers(amountMinor === null ? rest : { ...rest, [id]: amountMinor });
                  }}
                />
              ))}
            <Button size="lg" disabled={!isComplete} onClick={() => void seal()}>
              {t('close.seal')}
            </Button>
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
