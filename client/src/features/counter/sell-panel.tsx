import { ActionIcon, Alert, Button, Card, Group, NumberInput, SimpleGrid, Stack, Table, Text } from '@mantine/core';
import { useState } from 'react';
import type { CashSession } from '#schema/records/cash-session.ts';
import type { Item } from '#schema/records/item.ts';
import type { Shop } from '#schema/records/shop.ts';
import { useWorkspace } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { ItemSearch } from '../../ui/item-search.tsx';
import { MoneyInput } from '../../ui/money-input.tsx';
import { Outcome } from '../../ui/outcome.tsx';
import { useScanListener } from '../../ui/scan-listener.ts';
import { Empty, Problem } from '../../ui/states.tsx';
import type { CommandResult } from '../../workspace.ts';
import { type CartLine, type PricedLine, priceCart, saleOf, settleCart } from './cart.ts';

/** Makes a ticket: scan or search, lots by first expiry, payments, change. */
export function SellPanel({ shop, session }: { readonly shop: Shop; readonly session: CashSession }) {
  const { t, format } = useI18n();
  const workspace = useWorkspace();
  const [lines, setLines] = useState<readonly CartLine[]>([]);
  const [tendered, setTendered] = useState<Readonly<Record<string, number>>>({});
  /** A new ticket gets fresh fields. */
  const [ticket, setTicket] = useState(1);
  const [unknownCode, setUnknownCode] = useState<string | null>(null);
  const [result, setResult] = useState<CommandResult | null>(null);
  const cart = priceCart(lines, shop, session.businessOn);
  const settlement = settleCart(cart.totalMinor, tendered, shop);
  const canFinish = lines.length > 0 && !cart.needsPrice && settlement?.isSettled === true;

  const add = async (item: Item) => {
    setResult(null);
    setUnknownCode(null);
    const lots = await workspace.readRecords('lot', { parent: item.id });
    setLines((known) => withItem(known, item, lots));
  };
  useScanListener((code) => {
    workspace.findItemByCode(code).then(
      (item) => (item ? add(item) : setUnknownCode(code)),
      () => setUnknownCode(code),
    );
  });
  const startOver = () => {
    setLines([]);
    setTendered({});
    setTicket((number) => number + 1);
  };
  const finish = async () => {
    if (!settlement) return;
    const outcome = await workspace.run(
      'sale.record',
      saleOf({ sessionId: session.id, tillId: session.tillId }, cart.lines, cart.totalMinor, settlement, shop),
    );
    setResult(outcome);
    if (outcome.kind === 'saved') startOver();
  };
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      <Card withBorder>
        <Stack>
          <ItemSearch label={t('counter.search')} onPick={(item) => void add(item)} />
          {unknownCode !== null && <Problem>{t('picker.unknownCode', { code: unknownCode })}</Problem>}
          {cart.lines.length === 0 && <Empty>{t('counter.empty')}</Empty>}
          {cart.lines.map((line) => (
            <Line
              key={line.item.id}
              line={line}
              onChange={(change) =>
                setLines((known) => known.map((one) => (one.item.id === line.item.id ? { ...one, ...change } : one)))
              }
              onRemove={() => setLines((known) => known.filter(({ item }) => item.id !== line.item.id))}
            />
          ))}
        </Stack>
      </Card>
      <Card withBorder key={ticket}>
        <Stack>
          <Group justify="space-between">
            <Text fz="xl">{t('counter.total')}</Text>
            <Text fz={32} fw={700} style={{ fontVariantNumeric: 'tabular-nums' }} data-testid="total">
              {format.money(cart.totalMinor)}
            </Text>
          </Group>
          {shop.paymentMethods
            .filter(({ active }) => active)
            .map(({ id, name }) => (
              <MoneyInput
                key={id}
                label={t('counter.tendered', { method: name })}
                onChange={(amountMinor) => setTendered((known) => ({ ...known, [id]: amountMinor ?? 0 }))}
              />
            ))}
          {settlement !== null && settlement.roundingMinor !== 0 && (
            <Text>
              {t('counter.rounding')}: {format.signedMoney(settlement.roundingMinor)}
            </Text>
          )}
          <Text fz="xl" data-testid="change">
            {settlement?.isSettled
              ? `${t('counter.change')}: ${format.money(settlement.changeMinor)}`
              : `${t('counter.toPay')}: ${format.money(settlement?.remainingMinor ?? cart.totalMinor)}`}
          </Text>
          <Button size="xl" disabled={!canFinish} onClick={() => void finish()}>
            {t('counter.pay')}
          </Button>
          <Button variant="default" onClick={startOver} disabled={lines.length === 0}>
            {t('counter.clear')}
          </Button>
          <SaleOutcome result={result} deviceNumber={workspace.device.number} />
        </Stack>
      </Card>
    </SimpleGrid>
  );
}

function SaleOutcome({ result, deviceNumber }: { readonly result: CommandResult | null; readonly deviceNumber: number }) {
  const { t, format } = useI18n();
  if (result?.kind !== 'saved') return <Outcome result={result} />;
  const change = Number(result.mutation.args.changeMinor ?? 0);
  return (
    <Outcome
      result={result}
      saved={t('counter.saved', { ticket: `T${deviceNumber}-${result.mutation.n}`, change: format.money(change) })}
    />
  );
}

function withItem(lines: readonly CartLine[], item: Item, lots: CartLine['lots']): readonly CartLine[] {
  const known = lines.find((line) => line.item.id === item.id);
  if (known) return lines.map((line) => (line === known ? { ...line, lots, units: line.units + item.unitsPerPack } : line));
  return [...lines, { item, lots, units: item.unitsPerPack, packPriceMinor: item.packPriceMinor }];
}

function Line({
  line,
  onChange,
  onRemove,
}: {
  readonly line: PricedLine;
  readonly onChange: (change: Partial<CartLine>) => void;
  readonly onRemove: () => void;
}) {
  const { t, format } = useI18n();
  return (
    <Card withBorder p="sm">
      <Group justify="space-between" wrap="nowrap">
        <div>
          <Text fw={600}>{line.item.name}</Text>
          <Text c="dimmed" fz="sm">
            {line.item.packLabel}
          </Text>
        </div>
        <ActionIcon variant="subtle" size={44} onClick={onRemove} aria-label={t('counter.remove', { name: line.item.name })}>
          ×
        </ActionIcon>
      </Group>
      <Group align="end">
        <NumberInput
          label={t('counter.quantity')}
          w={120}
          min={1}
          allowDecimal={false}
          value={line.units}
          onChange={(value) => onChange({ units: Math.max(1, Number(value) || 1) })}
        />
        <Text fw={700} fz="lg" ml="auto">
          {format.money(line.amountMinor)}
        </Text>
      </Group>
      {line.item.packPriceMinor === null && (
        <MoneyInput
          label={t('counter.price', { name: line.item.name })}
          onChange={(packPriceMinor) => onChange({ packPriceMinor })}
        />
      )}
      <Table aria-label={t('counter.lots')} mt="xs">
        <Table.Tbody>
          {line.proposed.map(({ lot, units }) => (
            <Table.Tr key={lot?.id ?? 'unknown'}>
              <Table.Td>
                {lot === null
                  ? t('counter.unknownLot', { units })
                  : t('counter.lot', {
                      lot: lot.lotText,
                      expiry: lot.expiryOn === null ? t('common.unknown') : format.expiry(lot.expiryOn),
                      units,
                    })}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {line.shortUnits > 0 && (
        <Alert color="orange" mt="xs" role="status">
          {t('counter.short', { units: line.shortUnits })}
        </Alert>
      )}
    </Card>
  );
}
