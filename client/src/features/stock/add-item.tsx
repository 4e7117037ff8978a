import { Button, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { normaliseItemCode } from '#schema/domain/identifiers.ts';
import { useWorkspace } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { MoneyInput } from '../../ui/money-input.tsx';
import { Outcome } from '../../ui/outcome.tsx';
import { useProblemText } from '../../ui/problem-text.ts';
import { UnitsInput } from '../../ui/units-input.tsx';
import { useEntry } from '../../ui/use-entry.ts';

/** Adds a product with what the counter needs; the rest is filled in on its page. `code` comes from a scan nobody knew. */
export function AddItem({ code: scanned }: { readonly code: string }) {
  const { t } = useI18n();
  const workspace = useWorkspace();
  const problemText = useProblemText();
  const [name, setName] = useState('');
  const [code, setCode] = useState(scanned);
  const [packLabel, setPackLabel] = useState('');
  const [unitsPerPack, setUnitsPerPack] = useState<number | null>(1);
  const [packPriceMinor, setPackPriceMinor] = useState<number | null>(null);
  const { number, result, save } = useEntry(() => {
    setName('');
    setCode('');
    setPackLabel('');
    setPackPriceMinor(null);
  });
  const normal = code.trim() === '' ? null : normaliseItemCode(code);
  const canSave = name.trim() !== '' && unitsPerPack !== null && unitsPerPack > 0 && normal?.ok !== false;
  const add = async () => {
    if (!canSave || unitsPerPack === null) return;
    await save(() =>
      workspace.run('item.add', {
        fields: {
          name: name.trim(),
          form: '',
          route: '',
          substances: '',
          strength: '',
          packLabel: packLabel.trim(),
          unitsPerPack,
          atc: '',
          schedule: 'none',
          coldChain: false,
          identifiers: normal?.ok ? [normal.value] : [],
          packPriceMinor,
          packCostMinor: null,
          vatRateBp: null,
          holder: '',
        },
      }),
    );
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <Stack>
        <TextInput
          label={t('stock.name')}
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
          required
          maxLength={200}
        />
        <TextInput
          label={t('stock.code')}
          value={code}
          onChange={({ currentTarget }) => setCode(currentTarget.value)}
          error={normal !== null && !normal.ok ? problemText(normal.error.code) : null}
        />
        <TextInput
          label={t('field.packLabel')}
          value={packLabel}
          onChange={({ currentTarget }) => setPackLabel(currentTarget.value)}
          maxLength={300}
        />
        <UnitsInput label={t('stock.unitsPerPack')} value={unitsPerPack} onChange={setUnitsPerPack} required />
        <MoneyInput key={number} label={t('stock.price')} description={t('stock.priceHint')} onChange={setPackPriceMinor} />
        <Button type="submit" disabled={!canSave}>
          {t('common.save')}
        </Button>
        <Outcome result={result} />
      </Stack>
    </form>
  );
}
