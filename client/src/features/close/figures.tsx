import { Stack, Text } from '@mantine/core';
import { computeOpenByMethod } from '#schema/domain/reconciliation.ts';
import type { Reconciliation } from '#schema/records/reconciliation.ts';
import type { Shop } from '#schema/records/shop.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { StackTable } from '../../ui/stack-table.tsx';

/** Expected, counted, difference in amount, sign, colour and word; then what is still open and the steps so far. */
export function Figures({ reconciliation, shop }: { readonly reconciliation: Reconciliation; readonly shop: Shop }) {
  const { t, format } = useI18n();
  const openByMethod = new Map(
    computeOpenByMethod(reconciliation.variances, reconciliation.steps).map((one) => [one.methodId, one.openMinor]),
  );
  return (
    <Stack gap="xs">
      <StackTable
        label={t('close.figures')}
        columns={[
          { header: t('close.methodName') },
          { header: t('close.expected'), isFigure: true },
          { header: t('close.counted'), isFigure: true },
          { header: t('close.variance'), isFigure: true },
          { header: t('close.open'), isFigure: true },
        ]}
        rows={reconciliation.variances.map(({ methodId, expectedMinor, countedMinor, varianceMinor }) => ({
          key: methodId,
          cells: [
            methodName(shop, methodId),
            format.money(expectedMinor),
            countedMinor === null ? t('close.notCounted') : format.money(countedMinor),
            <Text key="variance" span inherit c={varianceMinor === 0 ? 'teal' : 'red'}>
              {format.signedMoney(varianceMinor)}{' '}
              {t(varianceMinor === 0 ? 'close.even' : varianceMinor < 0 ? 'close.short' : 'close.over')}
            </Text>,
            format.signedMoney(openByMethod.get(methodId) ?? 0),
          ],
        }))}
      />
      {reconciliation.steps.map((step) => (
        <Text key={step.id}>
          {t(`step.${step.type}`)} · {methodName(shop, step.methodId)} · {format.signedMoney(step.amountMinor)} · {step.note}
        </Text>
      ))}
    </Stack>
  );
}

/** What the shop calls a payment method. */
export function methodName(shop: Shop, methodId: string): string {
  return shop.paymentMethods.find(({ id }) => id === methodId)?.name ?? methodId;
}
