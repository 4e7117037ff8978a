import { Button, Stack } from '@mantine/core';
import { useState } from 'react';
import { isCountedNature } from '#schema/domain/payment-nature.ts';
import type { MethodCount } from '#schema/records/drawer-count.ts';
import type { Shop } from '#schema/records/shop.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { CashCount, type CountedCash } from '../../ui/cash-count.tsx';
import { MoneyInput } from '../../ui/money-input.tsx';

/** Counts every counted method of a till; nothing here knows the expected drawer (C6). A method left blank cannot be sealed. */
export function CountForm({
  shop,
  seal,
  onSeal,
}: {
  readonly shop: Shop;
  readonly seal: string;
  readonly onSeal: (counts: MethodCount[]) => void;
}) {
  const { t } = useI18n();
  const [cash, setCash] = useState<CountedCash | null>(null);
  const [others, setOthers] = useState<Readonly<Record<string, number>>>({});
  const methods = shop.paymentMethods.filter(({ active, nature }) => active && isCountedNature(nature));
  const isComplete = cash !== null && methods.every(({ id, isCash }) => isCash || others[id] !== undefined);
  const counts = () =>
    methods.flatMap(({ id, isCash }): MethodCount[] => {
      if (isCash)
        return cash === null ? [] : [{ methodId: id, countedMinor: cash.amountMinor, denominations: cash.denominations }];
      const countedMinor = others[id];
      return countedMinor === undefined ? [] : [{ methodId: id, countedMinor, denominations: null }];
    });
  return (
    <Stack>
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
      <Button size="lg" disabled={!isComplete} onClick={() => onSeal(counts())}>
        {seal}
      </Button>
    </Stack>
  );
}
