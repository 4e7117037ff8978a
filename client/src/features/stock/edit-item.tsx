import { Alert, Button, Checkbox, Group, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { changesSchema } from '#schema/mutations/changes.ts';
import { type Item, itemFieldsSchema, SCHEDULES } from '#schema/records/item.ts';
import { SHOP_ID } from '#schema/records/shop.ts';
import { useRecord, useWorkspace } from '../../hooks.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { MoneyInput } from '../../ui/money-input.tsx';
import { Outcome } from '../../ui/outcome.tsx';
import { UnitsInput } from '../../ui/units-input.tsx';
import { useEntry } from '../../ui/use-entry.ts';
import { changesOf, type EditedFields } from './item-changes.ts';

const changes = changesSchema(itemFieldsSchema);

/** Edits a product. Says when somebody else changed it while it was open; both values are then kept for a person (case 15). */
export function EditItem({ item }: { readonly item: Item }) {
  const { t, format } = useI18n();
  const workspace = useWorkspace();
  const shop = useRecord('shop', SHOP_ID);
  // What was there when editing began: the act says what its maker saw.
  const [seen, setSeen] = useState(item);
  const [fields, setFields] = useState<EditedFields>(() => fieldsOf(item));
  const { result, save } = useEntry();
  const change = <Field extends keyof EditedFields>(field: Field, value: EditedFields[Field]) =>
    setFields((before) => ({ ...before, [field]: value }));
  const text = (field: 'name' | 'packLabel' | 'substances' | 'strength' | 'form') => (
    <TextInput
      label={t(`field.${field}`)}
      value={fields[field]}
      required={field === 'name'}
      onChange={({ currentTarget }) => change(field, currentTarget.value)}
    />
  );
  const wanted = changes.safeParse(changesOf(seen, fields));
  const movedOn = Object.keys(changesOf(seen, fieldsOf(item)));
  const edit = async () => {
    if (!wanted.success) return;
    const outcome = await save(() => workspace.run('item.edit', { itemId: item.id, changes: wanted.data }));
    const now = outcome?.kind === 'saved' ? await workspace.readRecord('item', item.id) : null;
    if (now === null) return;
    setSeen(now);
    setFields(fieldsOf(now));
  };
  const rates = shop.kind === 'ready' && shop.value ? shop.value.vatRates : [];
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void edit();
      }}
    >
      <Stack>
        {movedOn.length > 0 && result?.kind !== 'saved' && (
          <Alert color="yellow" role="status">
            {t('stock.changedMeanwhile', {
              fields: movedOn.map((field) => t(`field.${field as keyof EditedFields}`)).join(', '),
            })}
          </Alert>
        )}
        {text('name')}
        {text('packLabel')}
        {text('substances')}
        <Group grow>
          {text('strength')}
          {text('form')}
        </Group>
        <Group grow align="start">
          <UnitsInput
            label={t('field.unitsPerPack')}
            value={fields.unitsPerPack}
            onChange={(units) => units !== null && change('unitsPerPack', units)}
          />
          <MoneyInput
            label={t('field.packPriceMinor')}
            description={t('stock.priceHint')}
            initial={item.packPriceMinor === null ? '' : format.amount(item.packPriceMinor)}
            onChange={(amountMinor) => change('packPriceMinor', amountMinor)}
          />
        </Group>
        <Group grow align="start">
          <NativeSelect
            label={t('field.vatRateBp')}
            value={fields.vatRateBp === null ? '' : String(fields.vatRateBp)}
            onChange={({ currentTarget }) => change('vatRateBp', currentTarget.value === '' ? null : Number(currentTarget.value))}
            data={[
              { value: '', label: t('stock.vatDefault') },
              ...rates.map(({ rateBp }) => ({ value: String(rateBp), label: format.percentBp(rateBp) })),
            ]}
          />
          <NativeSelect
            label={t('field.schedule')}
            value={fields.schedule}
            onChange={({ currentTarget }) => change('schedule', SCHEDULES.find((one) => one === currentTarget.value) ?? 'none')}
            data={SCHEDULES.map((value) => ({ value, label: t(`schedule.${value}`) }))}
          />
        </Group>
        <Checkbox
          label={t('field.coldChain')}
          checked={fields.coldChain}
          onChange={({ currentTarget }) => change('coldChain', currentTarget.checked)}
        />
        <Button type="submit" disabled={!wanted.success}>
          {t('common.save')}
        </Button>
        <Outcome result={result} />
      </Stack>
    </form>
  );
}

function fieldsOf(item: Item): EditedFields {
  const { name, packLabel, substances, strength, form, unitsPerPack, packPriceMinor, vatRateBp, schedule, coldChain } = item;
  return { name, packLabel, substances, strength, form, unitsPerPack, packPriceMinor, vatRateBp, schedule, coldChain };
}
