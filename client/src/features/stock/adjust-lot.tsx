import { Button, Group, SegmentedControl, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Item } from '#schema/records/item.ts';
import type { Lot } from '#schema/records/lot.ts';
import { useWorkspace } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { Outcome } from '../../ui/outcome.tsx';
import { UnitsInput } from '../../ui/units-input.tsx';
import { useEntry } from '../../ui/use-entry.ts';

type Kind = 'found' | 'missing' | 'waste';
const KINDS = ['missing', 'found', 'waste'] as const;

/** Books units found, missing or thrown away, with a reason. Nobody types a sign: the kind says the direction. */
export function AdjustLot({ item, lot, onClose }: { readonly item: Item; readonly lot: Lot; readonly onClose: () => void }) {
  const { t } = useI18n();
  const workspace = useWorkspace();
  const [kind, setKind] = useState<Kind>('missing');
  const [units, setUnits] = useState<number | null>(null);
  const [reason, setReason] = useState('');
  const { result, save } = useEntry(() => {
    setUnits(null);
    setReason('');
  });
  const canSave = units !== null && units > 0 && reason.trim() !== '';
  const adjust = async () => {
    if (units === null || !canSave) return;
    await save(() =>
      workspace.run('stock.adjust', {
        itemId: item.id,
        lotId: lot.id,
        type: kind === 'waste' ? 'WASTE' : 'ADJUST',
        units: kind === 'missing' ? -units : units,
        reason: reason.trim(),
      }),
    );
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void adjust();
      }}
    >
      <Stack gap="sm">
        <SegmentedControl
          aria-label={t('stock.adjust')}
          value={kind}
          onChange={(value) => setKind(KINDS.find((one) => one === value) ?? 'missing')}
          data={KINDS.map((value) => ({ value, label: t(`stock.adjust.${value}`) }))}
        />
        <UnitsInput label={t('stock.units')} value={units} onChange={setUnits} required />
        <TextInput
          label={t('field.reason')}
          value={reason}
          onChange={({ currentTarget }) => setReason(currentTarget.value)}
          required
          maxLength={1_000}
        />
        <Group>
          <Button type="submit" disabled={!canSave}>
            {t('common.save')}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t('common.close')}
          </Button>
        </Group>
        <Outcome result={result} />
      </Stack>
    </form>
  );
}
