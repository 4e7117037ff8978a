import { Button, Card, Group, NumberInput, Stack, Table, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { normaliseItemCode } from '#schema/domain/identifiers.ts';
import type { Item } from '#schema/records/item.ts';
import { useRecords, useWorkspace } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { MoneyInput } from '../../ui/money-input.tsx';
import { Outcome } from '../../ui/outcome.tsx';
import { useScanListener } from '../../ui/scan-listener.ts';
import { Empty, Loading, Page } from '../../ui/states.tsx';
import { useItemSearch } from '../../ui/use-item-search.ts';
import type { CommandResult } from '../../workspace.ts';
import { ImportPanel } from './import-panel.tsx';

/** Rows shown at once; the search narrows them. */
const ROWS_SHOWN = 100;

/** Every product, found by name, substance or code, offline. */
export function StockPage() {
  const { t } = useI18n();
  const workspace = useWorkspace();
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const found = useItemSearch(text, ROWS_SHOWN);
  const [panel, setPanel] = useState<'add' | 'import' | null>(null);
  const items = useRecords('item', { limit: ROWS_SHOWN });
  useScanListener((code) => {
    workspace.findItemByCode(code).then(
      (item) => (item ? navigate(`/stock/${item.id}`) : setText(code)),
      () => setText(code),
    );
  });
  if (items.kind === 'loading') return <Loading />;
  const shown = text.trim() === '' ? items.value : (found ?? []);
  return (
    <Page
      title={t('stock.title')}
      actions={
        <Group>
          <Button variant="default" onClick={() => setPanel(panel === 'import' ? null : 'import')}>
            {t('stock.import')}
          </Button>
          <Button onClick={() => setPanel(panel === 'add' ? null : 'add')}>{t('stock.add')}</Button>
        </Group>
      }
    >
      {panel === 'add' && <AddItem />}
      {panel === 'import' && <ImportPanel />}
      <TextInput
        label={t('stock.search')}
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
        autoComplete="off"
      />
      {shown.length === 0 ? (
        <Empty>{text === '' ? t('stock.empty') : t('picker.none', { text })}</Empty>
      ) : (
        <ItemTable items={shown} />
      )}
    </Page>
  );
}

function ItemTable({ items }: { readonly items: readonly Item[] }) {
  const { t, format } = useI18n();
  return (
    <Table.ScrollContainer minWidth={320}>
      <Table highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('stock.name')}</Table.Th>
            <Table.Th visibleFrom="sm">{t('stock.code')}</Table.Th>
            <Table.Th ta="right">{t('stock.price')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((item) => (
            <Table.Tr key={item.id}>
              <Table.Td>
                <Text component={Link} to={`/stock/${item.id}`} fw={600} c="inherit">
                  {item.name}
                </Text>
                <Text c="dimmed" fz="sm">
                  {item.packLabel}
                </Text>
              </Table.Td>
              <Table.Td visibleFrom="sm">{item.identifiers[0]?.value ?? ''}</Table.Td>
              <Table.Td ta="right" style={{ fontVariantNumeric: 'tabular-nums' }}>
                {item.packPriceMinor === null ? t('stock.noPrice') : format.money(item.packPriceMinor)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function AddItem() {
  const { t } = useI18n();
  const workspace = useWorkspace();
  const [name, setName] = useState('');
  const [code, setCode] = useState('');
  const [unitsPerPack, setUnitsPerPack] = useState(1);
  const [packPriceMinor, setPackPriceMinor] = useState<number | null>(null);
  const [result, setResult] = useState<CommandResult | null>(null);
  const save = async () => {
    const normal = normaliseItemCode(code);
    const fields = {
      name,
      form: '',
      route: '',
      substances: '',
      strength: '',
      packLabel: '',
      unitsPerPack,
      atc: '',
      schedule: 'none' as const,
      coldChain: false,
      identifiers: normal.ok ? [normal.value] : [],
      packPriceMinor,
      packCostMinor: null,
      vatRateBp: null,
      holder: '',
    };
    setResult(await workspace.run('item.add', { fields }));
  };
  return (
    <Card withBorder>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Stack>
          <TextInput
            label={t('stock.name')}
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
            required
          />
          <TextInput label={t('stock.code')} value={code} onChange={({ currentTarget }) => setCode(currentTarget.value)} />
          <NumberInput
            label={t('stock.unitsPerPack')}
            min={1}
            allowDecimal={false}
            value={unitsPerPack}
            onChange={(value) => setUnitsPerPack(Number(value) || 1)}
          />
          <MoneyInput label={t('stock.price')} onChange={setPackPriceMinor} />
          <Button type="submit">{t('common.save')}</Button>
          <Outcome result={result} />
        </Stack>
      </form>
    </Card>
  );
}
