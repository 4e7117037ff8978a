import { Button, Card, Group, NumberInput, Stack, Table, Text, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import type { Item } from '#schema/records/item.ts';
import type { Lot } from '#schema/records/lot.ts';
import { parseExpiryOn } from '#schema/time.ts';
import { useRecord, useRecords, useWorkspace } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { Outcome } from '../../ui/outcome.tsx';
import { Empty, Loading, Page } from '../../ui/states.tsx';
import type { CommandResult } from '../../workspace.ts';

/** One product: its lots by expiry, what is on hand, goods in, every movement. */
export function ItemPage() {
  const { t } = useI18n();
  const { itemId = '' } = useParams();
  const item = useRecord('item', itemId);
  const lots = useRecords('lot', { parent: itemId });
  if (item.kind === 'loading' || lots.kind === 'loading') return <Loading />;
  if (item.value === null) return <Empty>{t('state.notFoundBody')}</Empty>;
  const onHand = lots.value.reduce((sum, lot) => sum + lot.onHandUnits, 0);
  return (
    <Page
      title={item.value.name}
      actions={
        <Button component={Link} to="/stock" variant="default">
          {t('stock.back')}
        </Button>
      }
    >
      <Facts item={item.value} onHand={onHand} />
      <Receive item={item.value} />
      <Title order={2} size="h4">
        {t('stock.lots')}
      </Title>
      {lots.value.length === 0 ? <Empty>{t('stock.noLots')}</Empty> : lots.value.map((lot) => <LotCard key={lot.id} lot={lot} />)}
    </Page>
  );
}

function Facts({ item, onHand }: { readonly item: Item; readonly onHand: number }) {
  const { t, format } = useI18n();
  const facts = [
    [t('stock.onHand'), format.number(onHand)],
    [t('stock.price'), item.packPriceMinor === null ? t('stock.noPrice') : format.money(item.packPriceMinor)],
    [t('stock.unitsPerPack'), format.number(item.unitsPerPack)],
    [t('stock.code'), item.identifiers.map(({ value }) => value).join(', ')],
  ] as const;
  return (
    <Card withBorder>
      <Text c="dimmed">{[item.substances, item.strength, item.form, item.packLabel].filter(Boolean).join(' · ')}</Text>
      <Table>
        <Table.Tbody>
          {facts.map(([label, value]) => (
            <Table.Tr key={label}>
              <Table.Th w="40%">{label}</Table.Th>
              <Table.Td>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Card>
  );
}

function Receive({ item }: { readonly item: Item }) {
  const { t } = useI18n();
  const workspace = useWorkspace();
  const [lotText, setLotText] = useState('');
  const [expiry, setExpiry] = useState('');
  const [units, setUnits] = useState<number | string>('');
  const [result, setResult] = useState<CommandResult | null>(null);
  const expiryOn = parseExpiryOn(expiry);
  const save = async () => {
    if (!expiryOn.ok || typeof units !== 'number') return;
    setResult(
      await workspace.run('stock.receive', {
        reference: null,
        lines: [{ itemId: item.id, lotText, expiryOn: expiryOn.value, units, packCostMinor: null }],
      }),
    );
  };
  return (
    <Card withBorder>
      <Title order={2} size="h4" mb="sm">
        {t('stock.receive')}
      </Title>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Group align="end">
          <TextInput
            label={t('stock.lotText')}
            value={lotText}
            onChange={({ currentTarget }) => setLotText(currentTarget.value)}
            required
          />
          <TextInput
            label={t('stock.expiry')}
            placeholder="MM/YYYY"
            value={expiry}
            onChange={({ currentTarget }) => setExpiry(currentTarget.value)}
            required
          />
          <NumberInput label={t('stock.units')} min={1} allowDecimal={false} value={units} onChange={setUnits} required />
          <Button type="submit" disabled={!expiryOn.ok}>
            {t('stock.receive')}
          </Button>
        </Group>
        <Outcome result={result} saved={t('stock.received')} />
      </form>
    </Card>
  );
}

function LotCard({ lot }: { readonly lot: Lot }) {
  const { t, format } = useI18n();
  const movements = useRecords('stockMovement', { parent: lot.id, descending: true, limit: 20 });
  return (
    <Card withBorder>
      <Stack gap="xs">
        <Group justify="space-between">
          <Text fw={600}>
            {lot.lotText} · {lot.expiryOn === null ? t('common.unknown') : format.expiry(lot.expiryOn)}
          </Text>
          <Text fw={700} c={lot.onHandUnits < 0 ? 'red' : 'inherit'}>
            {format.number(lot.onHandUnits)}
          </Text>
        </Group>
        {movements.kind === 'ready' && (
          <Table aria-label={t('stock.ledger')}>
            <Table.Tbody>
              {movements.value.map((movement) => (
                <Table.Tr key={movement.id}>
                  <Table.Td>{format.dateTime(movement.occurredAt)}</Table.Td>
                  <Table.Td>{movement.type}</Table.Td>
                  <Table.Td ta="right">{format.signedNumber(movement.units)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
      </Stack>
    </Card>
  );
}
