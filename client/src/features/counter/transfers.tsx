import { Button, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import { SAFE_ID } from '#schema/mutations/cash/safe.ts';
import { transferNoSchema } from '#schema/mutations/cash/transfer-cash.ts';
import type { CashSession } from '#schema/records/cash-session.ts';
import type { CashTransfer } from '#schema/records/cash-transfer.ts';
import { cashMethodIdOf, type Shop } from '#schema/records/shop.ts';
import { useRecords, useWorkspace } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { CashEntry } from '../../ui/cash-entry.tsx';
import { MoneyInput } from '../../ui/money-input.tsx';
import { Outcome } from '../../ui/outcome.tsx';
import { useEntry } from '../../ui/use-entry.ts';

/** Cash to and from other tills. The slip's number goes with the money; whoever receives it counts first (principle 4). */
export function Transfers({ shop, session }: { readonly shop: Shop; readonly session: CashSession }) {
  const { t } = useI18n();
  const workspace = useWorkspace();
  const tills = useRecords('till');
  const others = tills.kind === 'ready' ? tills.value.filter(({ id }) => id !== session.tillId) : [];
  return (
    <Group align="start" gap="xl">
      <Stack>
        <Title order={2} size="h4">
          {t('transfer.send')}
        </Title>
        <CashEntry
          choiceLabel={t('transfer.to')}
          choices={others.map(({ id, name }) => ({ value: id, label: name }))}
          referenceLabel={null}
          submitLabel={t('transfer.send')}
          onRecord={({ choice, amountMinor, note }) =>
            workspace.run('cashTransfer.send', {
              sessionId: session.id,
              tillId: session.tillId,
              toTillId: choice,
              methodId: cashMethodIdOf(shop),
              amountMinor,
              note,
            })
          }
          saved={({ mutation }) => t('transfer.sent', { number: `T${workspace.device.number}-${mutation.n}` })}
        />
      </Stack>
      <Receive shop={shop} session={session} tillNames={new Map(others.map(({ id, name }) => [id, name]))} />
    </Group>
  );
}

function Receive({
  shop,
  session,
  tillNames,
}: {
  readonly shop: Shop;
  readonly session: CashSession;
  readonly tillNames: ReadonlyMap<string, string>;
}) {
  const { t } = useI18n();
  const workspace = useWorkspace();
  const coming = useIncomingTransfers(session.tillId);
  const [transferNo, setTransferNo] = useState('');
  const [amountMinor, setAmountMinor] = useState<number | null>(null);
  const { number, result, save } = useEntry(() => {
    setTransferNo('');
    setAmountMinor(null);
  });
  const isNumber = transferNoSchema.safeParse(transferNo).success;
  const receive = async () => {
    if (amountMinor === null || !isNumber) return;
    await save(() =>
      workspace.run('cashTransfer.receive', {
        sessionId: session.id,
        tillId: session.tillId,
        transferNo,
        methodId: cashMethodIdOf(shop),
        amountMinor,
        note: '',
      }),
    );
  };
  const fromOf = ({ fromTillId }: CashTransfer) =>
    fromTillId === SAFE_ID ? t('safe.title') : (tillNames.get(fromTillId ?? '') ?? t('common.unknown'));
  return (
    <Stack maw={480} key={number}>
      <Title order={2} size="h4">
        {t('transfer.receive')}
      </Title>
      {coming.length === 0 && <Text c="dimmed">{t('transfer.nothingComing')}</Text>}
      {coming.map((transfer) => (
        <Button
          key={transfer.id}
          variant={transfer.id === transferNo ? 'light' : 'default'}
          aria-pressed={transfer.id === transferNo}
          onClick={() => setTransferNo(transfer.id)}
        >
          {t('transfer.coming', { number: transfer.id, from: fromOf(transfer) })}
        </Button>
      ))}
      <TextInput
        label={t('transfer.slip')}
        placeholder="T2-147"
        value={transferNo}
        error={transferNo.length > 3 && !isNumber ? t('transfer.slipInvalid') : null}
        onChange={({ currentTarget }) => setTransferNo(currentTarget.value.trim().toUpperCase())}
      />
      <MoneyInput label={t('transfer.counted')} onChange={setAmountMinor} />
      <Button disabled={amountMinor === null || amountMinor <= 0 || !isNumber} onClick={() => void receive()}>
        {t('transfer.receive')}
      </Button>
      <Outcome result={result} saved={t('transfer.received')} />
    </Stack>
  );
}

/** What is on its way to a till. */
export function useIncomingTransfers(tillId: string): readonly CashTransfer[] {
  const coming = useRecords('cashTransfer', { parent: tillId, status: 'in_transit' });
  return coming.kind === 'ready' ? coming.value : [];
}
