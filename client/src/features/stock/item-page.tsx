import { Button, Card, Group, Modal, Stack, Table, Text } from '@mantine/core';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { compareFefo } from '#schema/domain/fefo.ts';
import { summariseItemStock } from '#schema/domain/item-stock.ts';
import { canDo } from '#schema/permissions.ts';
import { unitsToPacks } from '#schema/quantity.ts';
import type { Item } from '#schema/records/item.ts';
import type { Lot } from '#schema/records/lot.ts';
import { useRecord, useRecords, useWorkspace } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { Empty, Loading, Page } from '../../ui/states.tsx';
import { useToday } from '../../use-today.ts';
import { EditItem } from './edit-item.tsx';
import { LotCard } from './lot-card.tsx';
import { ReceiveStock } from './receive-stock.tsx';

/** One product: its lots by expiry, what is on hand, goods in, adjusting, every movement. */
export function ItemPage() {
  const { t } = useI18n();
  const { actor } = useWorkspace();
  const { itemId = '' } = useParams();
  const item = useRecord('item', itemId);
  const lots = useRecords('lot', { parent: itemId });
  const [panel, setPanel] = useState<'edit' | 'receive' | null>(null);
  if (item.kind === 'loading' || lots.kind === 'loading') return <Loading />;
  if (item.value === null) return <Empty>{t('state.notFoundBody')}</Empty>;
  const close = () => setPanel(null);
  return (
    <Page
      title={item.value.name}
      actions={
        <Group>
          <Button component={Link} to="/stock" variant="default">
            {t('stock.back')}
          </Button>
          {canDo(actor.role, 'item.edit') && (
            <Button variant="default" onClick={() => setPanel('edit')}>
              {t('stock.edit')}
            </Button>
          )}
          {canDo(actor.role, 'stock.receive') && <Button onClick={() => setPanel('receive')}>{t('stock.receive')}</Button>}
        </Group>
      }
    >
      <Modal
        opened={panel !== null}
        onClose={close}
        size="lg"
        title={panel === 'edit' ? t('stock.edit') : t('stock.receive')}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        {panel === 'edit' && <EditItem item={item.value} />}
        {panel === 'receive' && <ReceiveStock item={item.value} />}
      </Modal>
      <Facts item={item.value} lots={lots.value} />
      <Lots item={item.value} lots={lots.value} />
    </Page>
  );
}

function Facts({ item, lots }: { readonly item: Item; readonly lots: readonly Lot[] }) {
  const { t, format, findLabel } = useI18n();
  const { onHandUnits, heldUnits } = summariseItemStock(lots, useToday());
  const { packs, looseUnits } = unitsToPacks(onHandUnits, item.unitsPerPack);
  const inPacks =
    item.unitsPerPack === 1
      ? ''
      : looseUnits === 0
        ? t('units.packsOnly', { count: packs })
        : t('units.packsLoose', { count: packs, loose: looseUnits });
  const facts = [
    [t('stock.onHand'), [t('units.units', { count: onHandUnits }), inPacks].filter(Boolean).join(' · ')],
    ...(heldUnits === 0 ? [] : [[t('stock.held'), t('units.units', { count: heldUnits })] as const]),
    [t('stock.price'), item.packPriceMinor === null ? t('stock.noPrice') : format.money(item.packPriceMinor)],
    [t('field.vatRateBp'), item.vatRateBp === null ? t('stock.vatDefault') : format.percentBp(item.vatRateBp)],
    [t('stock.unitsPerPack'), format.number(item.unitsPerPack)],
    [
      t('field.identifiers'),
      item.identifiers.map(({ scheme, value }) => `${value} (${scheme.toUpperCase()})`).join(', ') || t('common.none'),
    ],
    ...(item.schedule === 'none'
      ? []
      : [[t('field.schedule'), findLabel(`schedule.${item.schedule}`) ?? item.schedule] as const]),
    ...(item.coldChain ? [[t('field.coldChain'), t('common.yes')] as const] : []),
  ] as const;
  return (
    <Card withBorder>
      <Text c="dimmed">{[item.substances, item.strength, item.form, item.packLabel].filter(Boolean).join(' · ')}</Text>
      <Table>
        <Table.Tbody>
          {facts.map(([label, value]) => (
            <Table.Tr key={label}>
              <Table.Th w="40%" scope="row">
                {label}
              </Table.Th>
              <Table.Td className="figures">{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Card>
  );
}

/** Lots in the order they are to be handed over; those with nothing left come last and folded away. */
function Lots({ item, lots }: { readonly item: Item; readonly lots: readonly Lot[] }) {
  const { t } = useI18n();
  const ordered = lots.toSorted((a, b) => compareFefo(fefoOf(a), fefoOf(b)));
  const held = ordered.filter(({ onHandUnits }) => onHandUnits !== 0);
  const empty = ordered.filter(({ onHandUnits }) => onHandUnits === 0);
  return (
    <Stack component="section" aria-label={t('stock.lots')}>
      <Text component="h2" fw={700} fz="lg" m={0}>
        {t('stock.lots')}
      </Text>
      {held.length === 0 && <Empty>{t('stock.noLots')}</Empty>}
      {held.map((lot) => (
        <LotCard key={lot.id} item={item} lot={lot} />
      ))}
      {empty.length > 0 && (
        <details>
          <summary style={{ minHeight: 44, paddingBlock: 10, cursor: 'pointer' }}>
            {t('stock.emptyLots', { count: empty.length })}
          </summary>
          <Stack>
            {empty.map((lot) => (
              <LotCard key={lot.id} item={item} lot={lot} />
            ))}
          </Stack>
        </details>
      )}
    </Stack>
  );
}

function fefoOf(lot: Lot) {
  return {
    lotId: lot.id,
    expiryOn: lot.expiryOn,
    receivedAt: lot.firstReceivedAt,
    onHandUnits: lot.onHandUnits,
    isQuarantined: lot.status === 'quarantined',
    isRecalled: lot.status === 'recalled',
  };
}
