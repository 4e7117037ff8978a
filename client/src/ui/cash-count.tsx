import { SegmentedControl, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { DenominationCount } from '#schema/domain/denominations.ts';
import { useWorkspace } from '../hooks.ts';
import { useI18n } from '../i18n/i18n-context.tsx';
import { countsOfPad, DenominationPad, type PadCounts, totalOfPad } from './denomination-pad.tsx';
import { MoneyInput } from './money-input.tsx';

/** What lies in a drawer; without denominations when only the amount was typed. */
export interface CountedCash {
  readonly amountMinor: number;
  readonly denominations: DenominationCount[] | null;
}

/** Counts cash by notes and coins, or by amount, which says that it has no breakdown. Null until something was counted. */
export function CashCount({ onChange }: { readonly onChange: (counted: CountedCash | null) => void }) {
  const { t, format } = useI18n();
  const workspace = useWorkspace();
  const [way, setWay] = useState('pieces');
  const [pad, setPad] = useState<PadCounts>({});
  const todayOn = new Date(workspace.now()).toISOString().slice(0, 10);
  return (
    <Stack>
      <SegmentedControl
        value={way}
        onChange={(next) => {
          setWay(next);
          setPad({});
          onChange(null);
        }}
        data={[
          { value: 'pieces', label: t('pad.pieces') },
          { value: 'amount', label: t('pad.amount') },
        ]}
      />
      {way === 'pieces' ? (
        <DenominationPad
          todayOn={todayOn}
          counts={pad}
          onChange={(next) => {
            setPad(next);
            const denominations = countsOfPad(next, format.currency, todayOn);
            onChange(denominations === null ? null : { amountMinor: totalOfPad(denominations), denominations });
          }}
        />
      ) : (
        <>
          <MoneyInput
            label={t('pad.amountLabel')}
            onChange={(amountMinor) => onChange(amountMinor === null ? null : { amountMinor, denominations: null })}
          />
          <Text c="dimmed">{t('pad.noBreakdown')}</Text>
        </>
      )}
    </Stack>
  );
}
