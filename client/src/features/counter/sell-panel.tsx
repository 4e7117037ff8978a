import { Alert, Button, Card, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { memo, useCallback, useState } from 'react';
import type { CashSession } from '#schema/records/cash-session.ts';
import type { Item } from '#schema/records/item.ts';
import type { Shop } from '#schema/records/shop.ts';
import { useWorkspace } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { ItemSearch } from '../../ui/item-search.tsx';
import { MoneyInput } from '../../ui/money-input.tsx';
import { Outcome } from '../../ui/outcome.tsx';
import { useShortcut } from '../../ui/shortcuts.tsx';
import { Empty, Problem } from '../../ui/states.tsx';
import { useEntry } from '../../ui/use-entry.ts';
import type { CommandResult } from '../../workspace.ts';
import { mustAsk, type PricedLine, saleOf, type settleCart } from './cart.ts';
import { CartLineCard } from './cart-line.tsx';
import { useLotText } from './lot-text.ts';
import { type ScanNote, usePackScan } from './use-pack-scan.ts';
import { useTicket } from './use-ticket.ts';

/** Makes a ticket: scan or search, lots by first expiry or by what is in the hand, payments, change. */
export function SellPanel({ shop, session }: { readonly shop: Shop; readonly session: CashSession }) {
  const { t } = useI18n();
  const workspace = useWorkspace();
  const todayOn = session.businessOn;
  const ticket = useTicket(shop, todayOn);
  const { cart, settlement, canFinish, add } = ticket;
  const [isAsking, setAsking] = useState(false);
  const { result, save, forget } = useEntry(ticket.clear);
  const [note, clearNote] = usePackScan(todayOn, ({ item, lots, from }) => {
    forget();
    void add(item, from, lots);
  });
  const pick = useCallback(
    (item: Item) => {
      clearNote();
      forget();
      void add(item, null);
    },
    [add, clearNote, forget],
  );
  const startOver = () => {
    ticket.clear();
    clearNote();
  };
  const finish = async () => {
    setAsking(false);
    if (!settlement) return;
    clearNote();
    const sale = saleOf({ sessionId: session.id, tillId: session.tillId }, cart.lines, cart.totalMinor, settlement, shop);
    await save(() => workspace.run('sale.record', sale));
  };
  /** What the book says otherwise is asked first (I6). */
  const tryFinish = () => {
    if (!canFinish) return;
    if (cart.lines.some(mustAsk)) setAsking(true);
    else void finish();
  };
  useShortcut('F9', t('counter.pay'), tryFinish);
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      <Card withBorder>
        <Stack>
          <ItemSearch label={t('counter.search')} onPick={pick} />
          <ScanNoteText note={note} />
          {cart.lines.length === 0 && <Empty>{t('counter.empty')}</Empty>}
          {cart.lines.map((line) => (
            <CartLineCard key={line.item.id} line={line} todayOn={todayOn} onChange={ticket.change} onRemove={ticket.remove} />
          ))}
        </Stack>
      </Card>
      <Card withBorder>
        <Stack>
          <Payment
            key={ticket.number}
            shop={shop}
            totalMinor={cart.totalMinor}
            settlement={settlement}
            onTender={ticket.tender}
          />
          {cart.gap !== null && <Text c="red">{t(`counter.gap.${cart.gap}`)}</Text>}
          <Button size="xl" disabled={!canFinish} onClick={tryFinish}>
            {t('counter.pay')}
          </Button>
          <Button variant="default" onClick={startOver} disabled={cart.lines.length === 0}>
            {t('counter.clear')}
          </Button>
          <SaleOutcome result={result} deviceNumber={workspace.device.number} />
        </Stack>
      </Card>
      {isAsking && <InYourHand lines={cart.lines} onYes={() => void finish()} onNo={() => setAsking(false)} />}
    </SimpleGrid>
  );
}

/** What the scanner's last code was understood as (principle 3). */
function ScanNoteText({ note }: { readonly note: ScanNote | null }) {
  const { t } = useI18n();
  const lotText = useLotText();
  switch (note?.kind) {
    case 'unknown':
      return <Problem>{t('picker.unknownCode', { code: note.code })}</Problem>;
    case 'lot_without_expiry':
      return (
        <Alert color="orange" role="alert">
          {t('counter.lotWithoutExpiry', { name: note.name, lot: note.lot })}
        </Alert>
      );
    case 'understood':
      return (
        <Text role="status" c="dimmed">
          {note.from === null
            ? t('counter.scanned', { name: note.name })
            : t('counter.scannedLot', { name: note.name, lot: lotText(note.from) })}
        </Text>
      );
    default:
      return null;
  }
}

const Payment = memo(function Payment({
  shop,
  totalMinor,
  settlement,
  onTender,
}: {
  readonly shop: Shop;
  readonly totalMinor: number;
  readonly settlement: ReturnType<typeof settleCart>;
  readonly onTender: (methodId: string, amountMinor: number) => void;
}) {
  const { t, format } = useI18n();
  return (
    <>
      <Group justify="space-between">
        <Text fz="xl">{t('counter.total')}</Text>
        <Text fz={32} fw={700} className="figures" data-testid="total">
          {format.money(totalMinor)}
        </Text>
      </Group>
      {shop.paymentMethods
        .filter(({ active }) => active)
        .map(({ id, name }) => (
          <MoneyInput
            key={id}
            label={t('counter.tendered', { method: name })}
            onChange={(amountMinor) => onTender(id, amountMinor ?? 0)}
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
          : `${t('counter.toPay')}: ${format.money(settlement?.remainingMinor ?? totalMinor)}`}
      </Text>
    </>
  );
});

/** The last question before something leaves the shop that the book does not hold, or would not hand over (I6). */
function InYourHand(props: { readonly lines: readonly PricedLine[]; readonly onYes: () => void; readonly onNo: () => void }) {
  const { t, format } = useI18n();
  const lotText = useLotText();
  const sayings = props.lines
    .filter(mustAsk)
    .flatMap(({ item, shortUnits, taken }) => [
      ...taken.flatMap(({ from, concern }) =>
        concern === null || concern === 'not_in_book' ? [] : t(`counter.concern.${concern}`, { lot: lotText(from) }),
      ),
      ...(shortUnits > 0 ? [t('counter.shortOf', { name: item.name, units: format.number(shortUnits) })] : []),
    ]);
  return (
    <ConfirmDialog
      opened
      title={t('counter.inHand')}
      body={t('counter.inHandBody')}
      list={sayings}
      confirmLabel={t('counter.inHandYes')}
      onConfirm={props.onYes}
      onClose={props.onNo}
    />
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
