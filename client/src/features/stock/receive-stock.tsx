import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { packsToUnits } from '#schema/quantity.ts';
import type { Item } from '#schema/records/item.ts';
import { parseExpiryOn } from '#schema/time.ts';
import { useWorkspace } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { Outcome } from '../../ui/outcome.tsx';
import { UnitsInput } from '../../ui/units-input.tsx';
import { useEntry } from '../../ui/use-entry.ts';

/** Goods in without an order: lot, expiry and whole packs; loose units can be added. */
export function ReceiveStock({ item }: { readonly item: Item }) {
  const { t, format } = useI18n();
  const workspace = useWorkspace();
  const [lotText, setLotText] = useState('');
  const [expiry, setExpiry] = useState('');
  const [packs, setPacks] = useState<number | null>(null);
  const [reference, setReference] = useState('');
  const { result, save } = useEntry(() => {
    setLotText('');
    setExpiry('');
    setPacks(null);
  });
  const expiryOn = parseExpiryOn(expiry);
  const units = packs === null ? null : packsToUnits(packs, item.unitsPerPack);
  const canSave = lotText.trim() !== '' && expiryOn.ok && units !== null && units > 0;
  const receive = async () => {
    if (!expiryOn.ok || units === null || !canSave) return;
    await save(() =>
      workspace.run('stock.receive', {
        reference: reference.trim() === '' ? null : reference.trim(),
        lines: [{ itemId: item.id, lotText: lotText.trim(), expiryOn: expiryOn.value, units, packCostMinor: null }],
      }),
    );
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void receive();
      }}
    >
      <Stack>
        <Group grow align="start">
          <TextInput
            label={t('stock.lotText')}
            value={lotText}
            onChange={({ currentTarget }) => setLotText(currentTarget.value)}
            required
            maxLength={64}
          />
          <TextInput
            label={t('stock.expiry')}
            placeholder="MM/YYYY"
            value={expiry}
            onChange={({ currentTarget }) => setExpiry(currentTarget.value)}
            error={expiry.length >= 6 && !expiryOn.ok ? t('stock.expiryInvalid') : null}
            required
          />
        </Group>
        <UnitsInput label={t('stock.packs', { size: item.unitsPerPack })} value={packs} onChange={setPacks} required />
        <TextInput
          label={t('stock.deliveryNote')}
          value={reference}
          onChange={({ currentTarget }) => setReference(currentTarget.value)}
          maxLength={64}
        />
        <Text role="status" className="figures">
          {units !== null && expiryOn.ok ? t('stock.receiveSummary', { count: units, date: format.expiry(expiryOn.value) }) : ''}
        </Text>
        <Button type="submit" disabled={!canSave}>
          {t('stock.receive')}
        </Button>
        <Outcome result={result} saved={t('stock.received')} />
      </Stack>
    </form>
  );
}
