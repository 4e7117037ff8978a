import { Button, Card, Group, NumberInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import { canDo } from '#schema/permissions.ts';
import type { Item } from '#schema/records/item.ts';
import { isBeyondApproval, type StockCount, type StockCountLine } from '#schema/records/stock-count.ts';
import { useRecord, useRecords, useWorkspace } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { ItemSearch } from '../../ui/item-search.tsx';
import { Outcome } from '../../ui/outcome.tsx';
import { useScanListener } from '../../ui/scan-listener.ts';
import { StackTable } from '../../ui/stack-table.tsx';
import { Empty, Loading, Page } from '../../ui/states.tsx';
import { useEntry } from '../../ui/use-entry.ts';
import { CountSummary } from './count-summary.tsx';

/** Lines approved in one act. */
const APPROVE_MAX = 100;

/** Stocktakes: start, count by scan, approve what differs. Selling goes on meanwhile (I7). */
export function CountsPage() {
  const { t } = useI18n();
  const counts = useRecords('stockCount', { status: 'open', descending: true });
  if (counts.kind === 'loading') return <Loading />;
  return (
    <Page title={t('counts.title')}>
      <StartCount />
      {counts.value.length === 0 && <Empty>{t('counts.none')}</Empty>}
      {counts.value.map((count) => (
        <OpenCount key={count.id} count={count} />
      ))}
    </Page>
  );
}

function StartCount() {
  const { t } = useI18n();
  const workspace = useWorkspace();
  const [name, setName] = useState('');
  const { result, save } = useEntry(() => setName(''));
  const start = () => save(() => workspace.run('stockCount.start', { name, mode: 'cycle', itemIds: [] }));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void start();
      }}
    >
      <Group align="end">
        <TextInput
          label={t('counts.name')}
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
          style={{ flex: 1 }}
        />
        <Button type="submit" disabled={name.trim() === ''}>
          {t('counts.start')}
        </Button>
      </Group>
      {result?.kind !== 'saved' && <Outcome result={result} />}
    </form>
  );
}

function OpenCount({ count }: { readonly count: StockCount }) {
  const { t } = useI18n();
  const workspace = useWorkspace();
  const [item, setItem] = useState<Item | null>(null);
  const lines = useRecords('stockCountLine', { parent: count.id, limit: 2_000 });
  useScanListener((code) => {
    workspace.findItemByCode(code).then(
      (found) => found && setItem(found),
      () => undefined,
    );
  });
  return (
    <Card withBorder>
      <Stack>
        <Title order={2} size="h4">
          {count.name}
        </Title>
        <ItemSearch label={t('counter.search')} onPick={setItem} />
        {item !== null && <CountItem key={item.id} count={count} item={item} />}
        {lines.kind === 'ready' && lines.value.length > 0 && <Lines count={count} lines={lines.value} />}
      </Stack>
    </Card>
  );
}

/** One product: every lot of it, each counted on its own; blank is not zero. */
function CountItem({ count, item }: { readonly count: StockCount; readonly item: Item }) {
  const { t, format } = useI18n();
  const workspace = useWorkspace();
  const lots = useRecords('lot', { parent: item.id });
  const [counted, setCounted] = useState<Readonly<Record<string, number>>>({});
  const { result, save } = useEntry(() => setCounted({}));
  if (lots.kind === 'loading') return <Loading />;
  const lines = Object.entries(counted).map(([lotId, countedUnits]) => ({ itemId: item.id, lotId, countedUnits }));
  const record = () => save(() => workspace.run('stockCount.countLines', { countId: count.id, lines }));
  return (
    <form
      aria-label={item.name}
      onSubmit={(event) => {
        event.preventDefault();
        void record();
      }}
    >
      <Stack gap="xs">
        <Text fw={600}>{item.name}</Text>
        {lots.value.length === 0 && <Empty>{t('stock.noLots')}</Empty>}
        {lots.value.map((lot) => (
          <NumberInput
            key={lot.id}
            label={`${lot.lotText} · ${lot.expiryOn === null ? t('common.unknown') : format.expiry(lot.expiryOn)}`}
            description={t('counts.countUnits')}
            min={0}
            allowDecimal={false}
            value={counted[lot.id] ?? ''}
            onChange={(value) => {
              const { [lot.id]: _old, ...rest } = counted;
              setCounted(typeof value === 'number' ? { ...rest, [lot.id]: value } : rest);
            }}
          />
        ))}
        <Button type="submit" disabled={lines.length === 0}>
          {t('counts.record')}
        </Button>
        <Outcome result={result} saved={t('counts.recorded')} />
      </Stack>
    </form>
  );
}

function Lines({ count, lines }: { readonly count: StockCount; readonly lines: readonly StockCountLine[] }) {
  const { t, format, findLabel } = useI18n();
  const workspace = useWorkspace();
  const { result, save } = useEntry();
  const mayApprove = canDo(workspace.actor.role, 'stockCount.postLines');
  const open = lines.filter((line) => line.status === 'counted' || (line.status === 'posted' && isBeyondApproval(line)));
  const approve = () =>
    save(() =>
      workspace.run('stockCount.postLines', {
        countId: count.id,
        lines: open.slice(0, APPROVE_MAX).map(({ id, varianceUnits }) => ({ lineId: id, seenUnits: varianceUnits })),
      }),
    );
  const close = () => save(() => workspace.run('stockCount.close', { countId: count.id }));
  return (
    <Stack gap="xs">
      <CountSummary lines={lines} />
      <StackTable
        label={t('counts.lines', { name: count.name })}
        columns={[
          { header: t('stock.name') },
          { header: t('counts.book'), isFigure: true },
          { header: t('counts.counted'), isFigure: true },
          { header: t('counts.variance'), isFigure: true },
          { header: t('counts.status') },
        ]}
        rows={lines.map((line) => ({
          key: line.id,
          cells: [
            <LineName key="name" line={line} />,
            format.number(line.bookUnits),
            format.number(line.countedUnits),
            <Text key="variance" span inherit {...(line.varianceUnits === 0 ? {} : { c: 'red' })}>
              {format.signedNumber(line.varianceUnits)}
            </Text>,
            findLabel(`countStatus.${line.status}`) ?? line.status,
          ],
        }))}
      />
      <Group>
        {mayApprove && open.length > 0 && (
          <Button onClick={() => void approve()}>{t('counts.approve', { count: Math.min(open.length, APPROVE_MAX) })}</Button>
        )}
        <Button variant="default" onClick={() => void close()}>
          {t('counts.close')}
        </Button>
      </Group>
      <Outcome result={result} />
    </Stack>
  );
}

function LineName({ line }: { readonly line: StockCountLine }) {
  const { t, format } = useI18n();
  const item = useRecord('item', line.itemId);
  return (
    <>
      {item.kind === 'ready' && item.value ? item.value.name : line.itemId}
      {line.movedUnits !== 0 && (
        <Text c="dimmed" fz="sm">
          {t('counts.moved', { units: format.signedNumber(line.movedUnits) })}
        </Text>
      )}
    </>
  );
}
