import { Button, Checkbox, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Json } from '#schema/canonical-json.ts';
import { useI18n } from '../../i18n/i18n-context.tsx';
import { MoneyInput } from '../../ui/money-input.tsx';
import { Outcome } from '../../ui/outcome.tsx';
import { Problem } from '../../ui/states.tsx';
import { UnitsInput } from '../../ui/units-input.tsx';
import type { CommandResult } from '../../workspace.ts';
import { labelOf, wordOf } from './describe-values.ts';
import { EDITABLE_MAX, type EditableValue, editableValuesOf, withValue } from './editable-values.ts';
import type { Args } from './explanation.ts';

/**
 * Edits the plain values of an act of any kind and sends it again; `result` says what became of that, `nothing` when nothing was left to send. What was typed stays
 * until it is saved.
 */
export function EditForm(props: {
  readonly name: string;
  readonly args: Args;
  readonly onSend: (args: Args) => void;
  readonly result: CommandResult | 'nothing' | null;
}) {
  const { t } = useI18n();
  const [args, setArgs] = useState(props.args);
  const { result } = props;
  const values = editableValuesOf(props.name, props.args);
  if (values.length > EDITABLE_MAX) return <Problem>{t('explain.tooLarge')}</Problem>;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        props.onSend(args);
      }}
    >
      <Stack gap="sm" maw={480}>
        {values.map((value) => (
          <ValueField
            key={value.path.join('.')}
            value={value}
            onChange={(next) => setArgs((before) => withValue(before, value.path, next))}
          />
        ))}
        <Button type="submit">{t('explain.send')}</Button>
        {result === 'nothing' ? <Text role="status">{t('explain.nothingToChange')}</Text> : <Outcome result={result} />}
      </Stack>
    </form>
  );
}

function ValueField({ value, onChange }: { readonly value: EditableValue; readonly onChange: (next: Json) => void }) {
  const words = useI18n();
  const { format } = words;
  const label = fieldLabel(value, words);
  const [units, setUnits] = useState(typeof value.value === 'number' ? value.value : null);
  switch (value.kind) {
    case 'money':
      return (
        <MoneyInput
          label={label}
          allowNegative
          initial={typeof value.value === 'number' ? format.amount(value.value) : ''}
          onChange={onChange}
        />
      );
    case 'integer':
      return (
        <UnitsInput
          label={label}
          allowNegative
          value={units}
          onChange={(next) => {
            setUnits(next);
            onChange(next);
          }}
        />
      );
    case 'boolean':
      return (
        <Checkbox
          label={label}
          defaultChecked={value.value === true}
          onChange={({ currentTarget }) => onChange(currentTarget.checked)}
        />
      );
    case 'choice':
      return (
        <NativeSelect
          label={label}
          defaultValue={typeof value.value === 'string' ? value.value : ''}
          data={value.options.map((option) => ({ value: option, label: wordOf(option, words) ?? option }))}
          onChange={({ currentTarget }) => onChange(currentTarget.value)}
        />
      );
    case 'date':
    case 'text':
      return (
        <TextInput
          label={label}
          {...(value.kind === 'date' ? { type: 'date' } : {})}
          defaultValue={typeof value.value === 'string' ? value.value : ''}
          // What was blank before stays blank, and not an empty text, which the act may not take.
          onChange={({ currentTarget }) =>
            onChange(currentTarget.value === '' && value.value === null ? null : currentTarget.value)
          }
        />
      );
  }
}

/** The field's name, with its place where it stands in a list: “Units (2)”. */
function fieldLabel({ field, path }: EditableValue, words: Parameters<typeof labelOf>[1]): string {
  const places = path.filter((step) => typeof step === 'number').map((index) => index + 1);
  return places.length === 0 ? labelOf(field, words) : `${labelOf(field, words)} (${places.join('.')})`;
}
