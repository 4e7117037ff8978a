import { Badge, Button, Card, Group, Stack, Table, Text } from '@mantine/core';
import { useState } from 'react';
import { isLotExpired } from '#schema/domain/fefo.ts';
import { canDo } from '#schema/permissions.ts';
import type { Item } from '#schema/records/item.ts';
import type { Lot } from '#schema/records/lot.ts';
import { daysBetween } from '#schema/time.ts';
import { useWorkspace } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { LedgerList } from '../../ledger/ledger-list.tsx';
import { useLedger } from '../../ledger/use-ledger.ts';
import { Fold } from '../../ui/fold.tsx';
import { useToday } from '../../use-today.ts';
import { AdjustLot } from './adjust-lot.tsx';

/** A lot this close to its expiry is worth a look. */
const SOON_DAYS = 90;

/** One lot: expiry in word and colour, on hand, what may be done with it, and the movements that make the figure. */
export function LotCard({ item, lot }: { readonly item: Item; readonly lot: Lot }) {
  const { t } = useI18n();
  const { actor } = useWorkspace();
  const [isAdjusting, setAdjusting] = useState(false);
  return (
    <Card withBorder>
      <Stack gap="xs">
        <Group justify="space-between">
          <Group gap="xs">
            <Text fw={600}>{lot.lotText}</Text>
            <ExpiryBadge lot={lot} />
            {lot.status !== 'usable' && (
              <Badge size="lg" color="red" tt="none">
                {t(`lotStatus.${lot.status}`)}
              </Badge>
            )}
          </Group>
          <Text fw={700} className="figures" {...(lot.onHandUnits < 0 ? { c: 'red' } : {})}>
            {t('units.units', { count: lot.onHandUnits })}
            {lot.onHandUnits < 0 ? ` · ${t('stock.belowZero')}` : ''}
          </Text>
        </Group>
        {canDo(actor.role, 'stock.adjust') && !isAdjusting && (
          <Group>
            <Button variant="default" onClick={() => setAdjusting(true)}>
              {t('stock.adjust')}
            </Button>
          </Group>
        )}
        {isAdjusting && <AdjustLot item={item} lot={lot} onClose={() => setAdjusting(false)} />}
        <Fold label={t('stock.ledger')}>
          <Movements lot={lot} />
        </Fold>
      </Stack>
    </Card>
  );
}

function ExpiryBadge({ lot }: { readonly lot: Lot }) {
  const { t, format } = useI18n();
  const todayOn = useToday();
  if (lot.expiryOn === null)
    return (
      <Badge size="lg" variant="light" color="gray" tt="none">
        {t('stock.expiryUnknown')}
      </Badge>
    );
  const isExpired = isLotExpired(lot, todayOn);
  const isSoon = !isExpired && daysBetween(todayOn, lot.expiryOn) <= SOON_DAYS;
  const date = format.expiry(lot.expiryOn);
  return (
    <Badge size="lg" variant={isExpired ? 'filled' : 'light'} color={isExpired ? 'red' : isSoon ? 'yellow' : 'gray'} tt="none">
      {isExpired ? t('stock.expired', { date }) : isSoon ? t('stock.expiresSoon', { date }) : t('stock.expires', { date })}
    </Badge>
  );
}

/** The ledger of one lot, newest first: where its figure comes from (principle 8). */
function Movements({ lot }: { readonly lot: Lot }) {
  const { t, format } = useI18n();
  const ledger = useLedger('stockMovement', lot.id, lot.firstReceivedAt);
  return (
    <LedgerList ledger={ledger}>
      {(movements) => (
        <Table aria-label={t('stock.ledger')} className="figures">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('stock.when')}</Table.Th>
              <Table.Th>{t('stock.what')}</Table.Th>
              <Table.Th className="end">{t('stock.units')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {movements.map((movement) => (
              <Table.Tr key={movement.id}>
                <Table.Td>{format.dateTime(movement.occurredAt)}</Table.Td>
                <Table.Td>
                  {t(`stockMovement.${movement.type}`)}
                  {movement.reason !== null && movement.reason !== '' ? ` · ${movement.reason}` : ''}
                </Table.Td>
                <Table.Td className="end">{format.signedNumber(movement.units)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </LedgerList>
  );
}
