import { Card, Group, Stack, Text, Title } from '@mantine/core';
import { SAFE_ID, SAFE_MOVEMENT_TYPES } from '#schema/mutations/cash/safe.ts';
import { type CashTransfer, transitMinorOf } from '#schema/records/cash-transfer.ts';
import { cashMethodIdOf, type Shop } from '#schema/records/shop.ts';
import type { Till } from '#schema/records/till.ts';
import { useRecord, useRecords, useWorkspace } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { CashEntry } from '../../ui/cash-entry.tsx';
import { Fold } from '../../ui/fold.tsx';
import { StackTable } from '../../ui/stack-table.tsx';
import { methodName } from './figures.tsx';
import { CashMovements } from './session-ledgers.tsx';

const SEND = 'SEND ';

/** The safe: what should be in it, what is on its way between locations (C4), its movements, and what may be done with it. */
export function SafeCard({ shop, tills }: { readonly shop: Shop; readonly tills: readonly Till[] }) {
  const { t, format } = useI18n();
  const totals = useRecord('cashTotals', SAFE_ID);
  const balances = totals.kind === 'ready' ? (totals.value?.methods ?? []) : [];
  return (
    <Card withBorder role="region" aria-label={t('safe.title')}>
      <Stack>
        <Title order={2} size="h4">
          {t('safe.title')}
        </Title>
        {balances.length === 0 && <Text c="dimmed">{t('safe.empty')}</Text>}
        {balances.map(({ methodId, expectedMinor }) => (
          <Group key={methodId} justify="space-between">
            <Text>{t('safe.balance', { method: methodName(shop, methodId) })}</Text>
            <Text fw={700} fz="xl" className="figures" {...(expectedMinor < 0 ? { c: 'red' } : {})}>
              {format.money(expectedMinor)}
            </Text>
          </Group>
        ))}
        {balances.some(({ expectedMinor }) => expectedMinor < 0) && <Text c="red">{t('safe.belowZero')}</Text>}
        <InTransit tills={tills} />
        <details>
          <summary className="fold">{t('safe.record')}</summary>
          <SafeEntry shop={shop} tills={tills} />
        </details>
        <Fold label={t('safe.movements')}>
          <CashMovements sessionId={SAFE_ID} label={t('safe.movements')} shop={shop} />
        </Fold>
      </Stack>
    </Card>
  );
}

/** What was sent and has not arrived as it was sent. */
function InTransit({ tills }: { readonly tills: readonly Till[] }) {
  const { t, format } = useI18n();
  const transfers = useRecords('cashTransfer', { descending: true, limit: 200 });
  const open = transfers.kind === 'ready' ? transfers.value.filter(({ status }) => status !== 'arrived') : [];
  if (open.length === 0) return null;
  const placeOf = (tillId: string | null) =>
    tillId === SAFE_ID ? t('safe.title') : (tills.find(({ id }) => id === tillId)?.name ?? t('common.unknown'));
  const amountOf = (amountMinor: CashTransfer['outMinor']) => (amountMinor === null ? '' : format.money(amountMinor));
  return (
    <StackTable
      label={t('safe.inTransit')}
      columns={[
        { header: t('safe.inTransit') },
        { header: t('transfer.sentAmount'), isFigure: true },
        { header: t('transfer.receivedAmount'), isFigure: true },
        { header: t('transfer.between'), isFigure: true },
      ]}
      rows={open.map((transfer) => ({
        key: transfer.id,
        cells: [
          `${transfer.id} · ${placeOf(transfer.fromTillId)} → ${placeOf(transfer.toTillId)}`,
          amountOf(transfer.outMinor),
          amountOf(transfer.inMinor),
          `${format.signedMoney(transitMinorOf(transfer))} ${t(`transferStatus.${transfer.status}`)}`,
        ],
      }))}
    />
  );
}

function SafeEntry({ shop, tills }: { readonly shop: Shop; readonly tills: readonly Till[] }) {
  const { t } = useI18n();
  const workspace = useWorkspace();
  const methodId = cashMethodIdOf(shop);
  const own = SAFE_MOVEMENT_TYPES.map((type) => ({ value: type, label: t(`movement.${type}`) }));
  const sends = tills.map(({ id, name }) => ({ value: `${SEND}${id}` as const, label: t('safe.sendTo', { till: name }) }));
  return (
    <CashEntry
      choiceLabel={t('counter.movementType')}
      choices={[...own, ...sends]}
      referenceLabel={t('safe.reference')}
      submitLabel={t('counter.record')}
      onRecord={({ choice, amountMinor, reference, note }) => {
        const type = SAFE_MOVEMENT_TYPES.find((one) => one === choice);
        if (type !== undefined)
          return workspace.run('safe.record', { type, methodId, amountMinor, reference, note, witnessId: null });
        const place = { sessionId: SAFE_ID, tillId: SAFE_ID, toTillId: choice.slice(SEND.length) };
        return workspace.run('cashTransfer.send', { ...place, methodId, amountMinor, note });
      }}
      saved={({ mutation }) =>
        mutation.name === 'cashTransfer.send'
          ? t('transfer.sent', { number: `T${workspace.device.number}-${mutation.n}` })
          : t('counter.recorded')
      }
    />
  );
}
