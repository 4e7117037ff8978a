import type { CashSession } from '#schema/records/cash-session.ts';
import { cashMethodIdOf, type Shop } from '#schema/records/shop.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { LedgerList } from '../../ledger/ledger-list.tsx';
import { useLedger } from '../../ledger/use-ledger.ts';
import { Fold } from '../../ui/fold.tsx';
import { StackTable } from '../../ui/stack-table.tsx';
import { methodName } from './figures.tsx';

/** What the expected amounts of a closed session are made of (principle 8): every movement of its money, and its tickets. */
export function SessionLedgers({ session, shop }: { readonly session: CashSession; readonly shop: Shop }) {
  const { t } = useI18n();
  return (
    <div>
      <Fold label={t('close.movements')}>
        <CashMovements sessionId={session.id} label={t('close.movements')} shop={shop} since={session.openedAt} />
      </Fold>
      <Fold label={t('close.tickets')}>
        <Tickets session={session} />
      </Fold>
    </div>
  );
}

/** Movements of the money of one session, or of the safe, newest first. */
export function CashMovements({
  sessionId,
  label,
  shop,
  since,
}: {
  readonly sessionId: string;
  readonly label: string;
  readonly shop: Shop;
  readonly since?: number;
}) {
  const { t, format } = useI18n();
  const ledger = useLedger('cashMovement', sessionId, since);
  const cashId = cashMethodIdOf(shop);
  return (
    <LedgerList ledger={ledger}>
      {(movements) => (
        <StackTable
          label={label}
          columns={[
            { header: t('stock.when') },
            { header: t('stock.what') },
            { header: t('counter.reference') },
            { header: t('counter.movementAmount'), isFigure: true },
          ]}
          rows={movements.map(({ id, occurredAt, type, methodId, reference, note, amountMinor }) => ({
            key: id,
            cells: [
              format.dateTime(occurredAt),
              [t(`movement.${type}`), methodId === cashId ? '' : methodName(shop, methodId), note].filter(Boolean).join(' · '),
              reference ?? '',
              format.signedMoney(amountMinor),
            ],
          }))}
        />
      )}
    </LedgerList>
  );
}

function Tickets({ session }: { readonly session: CashSession }) {
  const { t, format } = useI18n();
  const ledger = useLedger('sale', session.id, session.openedAt);
  return (
    <LedgerList ledger={ledger}>
      {(sales) => (
        <StackTable
          label={t('close.tickets')}
          columns={[
            { header: t('stock.when') },
            { header: t('close.ticket') },
            { header: t('close.sold') },
            { header: t('close.total'), isFigure: true },
          ]}
          rows={sales.map(({ id, occurredAt, ticketNo, lines, totalMinor }) => ({
            key: id,
            cells: [
              format.dateTime(occurredAt),
              ticketNo,
              lines.map(({ name, units }) => `${name}, ${t('units.units', { count: units })}`).join(' · '),
              format.money(totalMinor),
            ],
          }))}
        />
      )}
    </LedgerList>
  );
}
