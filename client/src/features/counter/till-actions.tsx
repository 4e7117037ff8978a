import { Button, Group, Select, Stack, Table, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { xReport } from '#schema/domain/cash-totals.ts';
import { RECORDABLE_MOVEMENT_TYPES } from '#schema/mutations/cash/record-movement.ts';
import { canDo } from '#schema/permissions.ts';
import type { CashSession } from '#schema/records/cash-session.ts';
import { cashMethodIdOf, type Shop } from '#schema/records/shop.ts';
import { useRecord, useWorkspace } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { MoneyInput } from '../../ui/money-input.tsx';
import { Outcome } from '../../ui/outcome.tsx';
import type { CommandResult } from '../../workspace.ts';

/** What else happens at a till: cash in and out, the X report, the way to the close. */
export function TillActions({ shop, session }: { readonly shop: Shop; readonly session: CashSession }) {
  const { t } = useI18n();
  const [shown, setShown] = useState<'movement' | 'x' | null>(null);
  return (
    <Stack w="100%">
      <Group>
        <Button variant="default" onClick={() => setShown(shown === 'movement' ? null : 'movement')}>
          {t('counter.movement')}
        </Button>
        <Button variant="default" onClick={() => setShown(shown === 'x' ? null : 'x')}>
          {t('counter.xReport')}
        </Button>
        <Button component={Link} to="/close" variant="light">
          {t('counter.toClose')}
        </Button>
      </Group>
      {shown === 'movement' && <Movement shop={shop} session={session} />}
      {shown === 'x' && <XReport session={session} />}
    </Stack>
  );
}

function Movement({ shop, session }: { readonly shop: Shop; readonly session: CashSession }) {
  const { t } = useI18n();
  const workspace = useWorkspace();
  const [type, setType] = useState<(typeof RECORDABLE_MOVEMENT_TYPES)[number]>('CASH_IN');
  const [amountMinor, setAmountMinor] = useState<number | null>(null);
  const [reference, setReference] = useState('');
  const [note, setNote] = useState('');
  const [result, setResult] = useState<CommandResult | null>(null);
  const record = async () => {
    if (amountMinor === null) return;
    setResult(
      await workspace.run('cashMovement.record', {
        sessionId: session.id,
        tillId: session.tillId,
        type,
        methodId: cashMethodIdOf(shop),
        amountMinor,
        note,
        reference: reference.trim() === '' ? null : reference,
        witnessId: null,
      }),
    );
  };
  return (
    <Stack maw={480}>
      <Select
        label={t('counter.movementType')}
        data={RECORDABLE_MOVEMENT_TYPES.map((value) => ({ value, label: t(`movement.${value}`) }))}
        value={type}
        onChange={(value) => setType(RECORDABLE_MOVEMENT_TYPES.find((one) => one === value) ?? 'CASH_IN')}
        allowDeselect={false}
      />
      <MoneyInput label={t('counter.movementAmount')} onChange={setAmountMinor} />
      <TextInput
        label={t('counter.reference')}
        value={reference}
        onChange={({ currentTarget }) => setReference(currentTarget.value)}
      />
      <TextInput label={t('counter.note')} value={note} onChange={({ currentTarget }) => setNote(currentTarget.value)} />
      <Button disabled={amountMinor === null || amountMinor <= 0} onClick={() => void record()}>
        {t('counter.record')}
      </Button>
      <Outcome result={result} saved={t('counter.recorded')} />
    </Stack>
  );
}

/** Turnover and documents so far, never the expected drawer (C11). */
function XReport({ session }: { readonly session: CashSession }) {
  const { t, format } = useI18n();
  const { actor } = useWorkspace();
  const totals = useRecord('cashTotals', session.id);
  if (totals.kind === 'loading' || totals.value === null) return null;
  const report = xReport(session, totals.value, canDo(actor.role, 'cashSession.close'));
  return (
    <Stack gap="xs" maw={480}>
      <Text c="dimmed">{t('counter.xHint')}</Text>
      <Table>
        <Table.Tbody>
          <Table.Tr>
            <Table.Th>{t('today.turnover')}</Table.Th>
            <Table.Td ta="right">{format.money(report.salesMinor)}</Table.Td>
          </Table.Tr>
          <Table.Tr>
            <Table.Th>{t('today.tickets')}</Table.Th>
            <Table.Td ta="right">{format.number(report.salesCount)}</Table.Td>
          </Table.Tr>
        </Table.Tbody>
      </Table>
    </Stack>
  );
}
