import { Button, Group, Stack, Table, Text } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { xReport } from '#schema/domain/cash-totals.ts';
import { RECORDABLE_MOVEMENT_TYPES } from '#schema/mutations/cash/record-movement.ts';
import { canDo } from '#schema/permissions.ts';
import type { CashSession } from '#schema/records/cash-session.ts';
import { cashMethodIdOf, type Shop } from '#schema/records/shop.ts';
import { useRecord, useWorkspace } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { CashEntry } from '../../ui/cash-entry.tsx';
import { Transfers, useIncomingTransfers } from './transfers.tsx';

/** What else happens at a till: cash in and out, transfers, the X report, the way to the close. */
export function TillActions({ shop, session }: { readonly shop: Shop; readonly session: CashSession }) {
  const { t } = useI18n();
  const [shown, setShown] = useState<'movement' | 'transfers' | 'x' | null>(null);
  const coming = useIncomingTransfers(session.tillId).length;
  return (
    <Stack w="100%">
      <Group>
        <Button variant="default" onClick={() => setShown(shown === 'movement' ? null : 'movement')}>
          {t('counter.movement')}
        </Button>
        <Button variant={coming > 0 ? 'light' : 'default'} onClick={() => setShown(shown === 'transfers' ? null : 'transfers')}>
          {coming > 0 ? t('transfer.titleComing', { count: coming }) : t('transfer.title')}
        </Button>
        <Button variant="default" onClick={() => setShown(shown === 'x' ? null : 'x')}>
          {t('counter.xReport')}
        </Button>
        <Button component={Link} to="/close" variant="light">
          {t('counter.toClose')}
        </Button>
      </Group>
      {shown === 'movement' && <Movement shop={shop} session={session} />}
      {shown === 'transfers' && <Transfers shop={shop} session={session} />}
      {shown === 'x' && <XReport session={session} />}
    </Stack>
  );
}

function Movement({ shop, session }: { readonly shop: Shop; readonly session: CashSession }) {
  const { t } = useI18n();
  const workspace = useWorkspace();
  return (
    <CashEntry
      choiceLabel={t('counter.movementType')}
      choices={RECORDABLE_MOVEMENT_TYPES.map((value) => ({ value, label: t(`movement.${value}`) }))}
      referenceLabel={t('counter.reference')}
      submitLabel={t('counter.record')}
      onRecord={({ choice, amountMinor, reference, note }) =>
        workspace.run('cashMovement.record', {
          sessionId: session.id,
          tillId: session.tillId,
          type: choice,
          methodId: cashMethodIdOf(shop),
          amountMinor,
          note,
          reference,
          witnessId: null,
        })
      }
      saved={() => t('counter.recorded')}
    />
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
